"""Latencies in a thousand buckets for each doubling, so that a percentile is right to a thousandth
whatever its size, and the room it takes does not grow with the load.

Two histograms are merged by adding their buckets, so that what many processes saw has the same
percentiles as if one process had seen it all.
"""

import math
from dataclasses import dataclass, field

FINE = 1024
"""Values below twice this have a bucket of their own."""


@dataclass(slots=True)
class Histogram:
    """Durations in whole microseconds."""

    buckets: dict[int, int] = field(default_factory=dict)
    """How many values each bucket holds, by its number."""
    count: int = 0
    sum_us: int = 0
    max_us: int = 0

    def record(self, duration_s: float) -> None:
        """Takes in one duration; one below zero counts as none."""
        value_us = round(duration_s * 1_000_000) if duration_s > 0 else 0
        bucket = bucket_of(value_us)
        self.buckets[bucket] = self.buckets.get(bucket, 0) + 1
        self.count += 1
        self.sum_us += value_us
        if value_us > self.max_us:
            self.max_us = value_us

    def add(self, other: "Histogram") -> None:
        """Takes in everything that another histogram holds; nothing is lost by it."""
        for bucket, count in other.buckets.items():
            self.buckets[bucket] = self.buckets.get(bucket, 0) + count
        self.count += other.count
        self.sum_us += other.sum_us
        self.max_us = max(self.max_us, other.max_us)

    def percentile_us(self, percent: float) -> int | None:
        """The least duration that so many percent do not exceed, never told too small; `None`
        without any value."""
        rank = max(1, math.ceil(round(self.count * percent / 100, 6)))
        passed = 0
        for bucket in sorted(self.buckets):
            passed += self.buckets[bucket]
            if passed >= rank:
                return min(top_of(bucket), self.max_us)
        return None


def bucket_of(value_us: int) -> int:
    """The number of the bucket that a value falls into."""
    shift = value_us.bit_length() - FINE.bit_length()
    return FINE * shift + (value_us >> shift) if shift > 0 else value_us


def top_of(bucket: int) -> int:
    """The largest value that falls into the bucket."""
    shift = max(0, bucket // FINE - 1)
    return ((bucket - FINE * shift + 1) << shift) - 1
