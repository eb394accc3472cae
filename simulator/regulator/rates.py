"""How often one may ask: a token bucket on the wall clock, the same under the same clock.

Off unless a tester sets a rate, since a sandbox may be load-tested. The headers are those of the
IETF draft RateLimit header fields for HTTP (draft-ietf-httpapi-ratelimit-headers-10).
"""

import math
from dataclasses import dataclass, field
from datetime import datetime

from simulator.journal.events.rates import RatesSet

RATE = "rate_limited"
"""The problem code of who passes a rate; such a request leaves its nonce unspent."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests a second in the long run, and so many at once."""

    per_s: float
    burst: int


@dataclass(slots=True)
class Bucket:
    """What is left of a rate; full at first. Time that goes back adds nothing."""

    rate: Rate
    tokens: float = field(init=False)
    filled_at: datetime | None = None

    def __post_init__(self) -> None:
        self.tokens = float(self.rate.burst)

    def fill(self, now: datetime) -> None:
        """Adds what has come since the last time."""
        if self.filled_at is not None:
            passed_s = max(0.0, (now - self.filled_at).total_seconds())
            self.tokens = min(self.rate.burst, self.tokens + passed_s * self.rate.per_s)
        if self.filled_at is None or now > self.filled_at:
            self.filled_at = now

    @property
    def wait_s(self) -> float:
        """Seconds until the next request may come; 0 where it may come at once."""
        return max(0.0, (1.0 - self.tokens) / self.rate.per_s)


@dataclass(slots=True)
class Rates:
    """The buckets of one sandbox: one for everybody together, one for each platform."""

    _set: RatesSet | None = None
    _all: Bucket | None = None
    _each: dict[str, Bucket] = field(default_factory=dict)

    def take(
        self, limited: RatesSet | None, platform: str | None, now: datetime
    ) -> tuple[float, dict[str, str]]:
        """How many seconds the sender must wait, 0 for a request that may pass, and the headers
        that say where it stands. `platform` is `None` for an unknown sender."""
        if limited is None:
            return 0.0, {}
        if limited is not self._set:  # The rate has changed: begin with full buckets.
            self._set, self._each = limited, {}
            self._all = _bucket(limited.sandbox_per_s, limited.sandbox_burst)
        buckets = {"sandbox": self._all, "platform": self._of(limited, platform)}
        asked = {name: bucket for name, bucket in buckets.items() if bucket is not None}
        for bucket in asked.values():
            bucket.fill(now)
        wait_s = max((bucket.wait_s for bucket in asked.values()), default=0.0)
        if wait_s == 0.0:
            for bucket in asked.values():
                bucket.tokens -= 1.0
        return wait_s, _headers(asked)

    def _of(self, limited: RatesSet, platform: str | None) -> Bucket | None:
        if platform is None or limited.platform_per_s is None:
            return None
        if platform not in self._each:
            self._each[platform] = Bucket(Rate(limited.platform_per_s, limited.platform_burst))
        return self._each[platform]


def _bucket(per_s: float | None, burst: int) -> Bucket | None:
    return None if per_s is None else Bucket(Rate(per_s, burst))


def _headers(buckets: dict[str, Bucket]) -> dict[str, str]:
    """`q` requests in `w` seconds; `r` are left, and in `t` seconds there is room for all."""
    if not buckets:
        return {}
    policies, left = [], []
    for name, bucket in buckets.items():
        rate = bucket.rate
        window_s = max(1, math.ceil(rate.burst / rate.per_s))
        full_s = math.ceil((rate.burst - bucket.tokens) / rate.per_s)
        policies.append(f'"{name}";q={rate.burst};w={window_s}')
        left.append(f'"{name}";r={max(0, math.floor(bucket.tokens))};t={max(0, full_s)}')
    return {"ratelimit-policy": ", ".join(policies), "ratelimit": ", ".join(left)}
