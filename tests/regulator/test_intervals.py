"""Intervals are a set of whole numbers, whatever the order in which they come."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.regulator.intervals import Intervals, Span

EXAMPLES: list[tuple[list[int], tuple[Span, ...], tuple[Span, ...]]] = [
    ([], (), ()),
    ([1, 2, 3], ((1, 3),), ()),
    ([3, 2, 1], ((1, 3),), ()),
    ([1, 3, 2], ((1, 3),), ()),
    ([2, 5], ((2, 2), (5, 5)), ((1, 1), (3, 4))),
    ([1, 5, 3], ((1, 1), (3, 3), (5, 5)), ((2, 2), (4, 4))),
]


@pytest.mark.parametrize(("numbers", "spans", "gaps"), EXAMPLES)
def test_numbers_become_the_fewest_spans(
    numbers: list[int], spans: tuple[Span, ...], gaps: tuple[Span, ...]
) -> None:
    seen = Intervals()
    for number in numbers:
        seen = seen.add(number)

    assert seen.spans == spans
    assert seen.gaps() == gaps
    assert seen.last == max(numbers, default=0)


@given(st.lists(st.integers(1, 30), unique=True))
@settings(derandomize=True, max_examples=200, database=None)
def test_they_hold_what_was_added_and_nothing_else(numbers: list[int]) -> None:
    seen = Intervals()
    for number in numbers:
        assert number not in seen
        seen = seen.add(number)

    assert [n for n in range(1, 32) if n in seen] == sorted(numbers)
    missing = [n for first, last in seen.gaps() for n in range(first, last + 1)]
    assert missing == [n for n in range(1, max(numbers, default=0)) if n not in numbers]
