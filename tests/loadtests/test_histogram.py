"""Percentiles out of buckets."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.histogram import Histogram, bucket_of, top_of


def histogram_of(*values_us: int) -> Histogram:
    made = Histogram()
    for value in values_us:
        made.record(value / 1_000_000)
    return made


@pytest.mark.parametrize(
    ("value_us", "bucket", "top_us"),
    [
        (0, 0, 0),
        (1, 1, 1),
        (2047, 2047, 2047),
        (2048, 2048, 2049),
        (2049, 2048, 2049),
        (4095, 3071, 4095),
        (4096, 3072, 4099),
        (1_000_000, 11169, 1_000_447),
    ],
)
def test_a_bucket_knows_its_largest_value(value_us: int, bucket: int, top_us: int) -> None:
    assert (bucket_of(value_us), top_of(bucket_of(value_us))) == (bucket, top_us)


def test_buckets_leave_no_gap_and_are_a_thousandth_wide_at_most() -> None:
    for bucket in range(20_000):
        least, largest = top_of(bucket - 1) + 1 if bucket else 0, top_of(bucket)
        assert bucket_of(least) == bucket_of(largest) == bucket
        assert (largest - least) * 1024 <= largest


def test_percentiles_are_the_least_value_that_so_many_do_not_exceed() -> None:
    hundred = histogram_of(*range(1, 101))

    found = [hundred.percentile_us(percent) for percent in (0, 1, 50, 90, 99, 99.5, 100)]

    assert found == [1, 1, 50, 90, 99, 100, 100]


def test_a_percentile_is_never_told_too_small_nor_above_the_maximum() -> None:
    made = histogram_of(10_000, 10_001, 3_000_000)

    assert made.percentile_us(50) == top_of(bucket_of(10_001)) == 10_007
    assert made.percentile_us(100) == made.max_us == 3_000_000


def test_one_value_is_every_percentile() -> None:
    one = histogram_of(777)

    assert [one.percentile_us(percent) for percent in (50, 90, 99)] == [777, 777, 777]
    assert (one.count, one.sum_us, one.max_us) == (1, 777, 777)


def test_nothing_has_no_percentile() -> None:
    assert Histogram().percentile_us(50) is None


def test_a_duration_below_zero_counts_as_none() -> None:
    assert histogram_of(-5).buckets == {0: 1}


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=200), st.floats(0.1, 100))
def test_a_percentile_is_right_to_a_thousandth_and_never_told_too_small(
    values_us: list[int], percent: float
) -> None:
    exact = sorted(values_us)[max(1, math.ceil(round(len(values_us) * percent / 100, 6))) - 1]

    told = histogram_of(*values_us).percentile_us(percent)

    assert told is not None
    assert exact <= told <= exact * (1 + 1 / 1000)


@given(st.lists(st.lists(st.integers(0, 10**8), max_size=40), max_size=6))
def test_histograms_of_many_processes_are_merged_exactly(parts: list[list[int]]) -> None:
    merged = Histogram()
    for part in parts:
        merged.add(histogram_of(*part))

    assert merged == histogram_of(*(value for part in parts for value in part))
