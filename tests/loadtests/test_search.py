"""The search for the highest rate at which a platform conforms, on platforms with a known limit."""

from collections.abc import Callable

import pytest

from loadtests.search import (
    BREACHED,
    CONFORMANT,
    INCONCLUSIVE,
    INVALID,
    Found,
    Knee,
    Listed,
    Plan,
    Verdict,
    found,
)


def played(plan: Plan, verdict: Callable[[float], Verdict]) -> list[tuple[float, Verdict]]:
    """Every step of a search over a platform that is nothing but its verdicts."""
    steps: list[tuple[float, Verdict]] = []
    while (rate := plan.next_rate()) is not None:
        steps.append((rate, verdict(rate)))
        plan.tell(*steps[-1])
        assert len(steps) < 60, "the search has no end"
    return steps


def breaks_above(limit: float) -> Callable[[float], Verdict]:
    return lambda rate: CONFORMANT if rate <= limit else BREACHED


def test_it_doubles_and_then_halves_the_gap() -> None:
    steps = played(Knee(first=10, most=1_000), breaks_above(110))

    assert [rate for rate, _ in steps] == [10, 20, 40, 80, 160, 120, 100, 110]
    assert found(steps) == Found(up_to=110, breach_at=120, unsaid_at=None)


@pytest.mark.parametrize("limit", [10.0, 11.7, 63.0, 80.0, 333.0, 999.0])
def test_it_finds_any_limit_to_a_tenth(limit: float) -> None:
    seen = found(played(Knee(first=10, most=5_000), breaks_above(limit)))

    assert seen.up_to is not None
    assert seen.breach_at is not None
    assert seen.up_to <= limit < seen.breach_at
    assert seen.breach_at - seen.up_to <= 0.1 * seen.up_to * 1.01


def test_a_platform_without_a_limit_is_tried_up_to_the_most_and_no_further() -> None:
    steps = played(Knee(first=10, most=50), breaks_above(10_000))

    assert [rate for rate, _ in steps] == [10, 20, 40, 50]
    assert found(steps) == Found(up_to=50, breach_at=None, unsaid_at=None)


def test_a_platform_that_never_conforms_is_tried_lower_a_few_times() -> None:
    steps = played(Knee(first=16, most=50), breaks_above(0))

    assert [rate for rate, _ in steps] == [16, 8, 4, 2, 1]
    assert found(steps) == Found(up_to=None, breach_at=1, unsaid_at=None)


def test_a_step_that_was_disturbed_once_is_tried_again() -> None:
    disturbed = [20.0]

    def verdict(rate: float) -> Verdict:
        if rate in disturbed:
            disturbed.remove(rate)
            return INVALID
        return breaks_above(30)(rate)

    steps = played(Knee(first=10, most=100), verdict)

    assert steps[1:3] == [(20, INVALID), (20, CONFORMANT)]
    assert found(steps).unsaid_at is None
    assert found(steps).up_to == 30


@pytest.mark.parametrize("unsaid", [INVALID, INCONCLUSIVE])
def test_above_a_step_that_says_nothing_nothing_is_said(unsaid: Verdict) -> None:
    steps = played(Knee(first=10, most=1_000), lambda rate: CONFORMANT if rate <= 50 else unsaid)

    seen = found(steps)
    assert (seen.breach_at, seen.up_to) == (None, 50)
    assert seen.unsaid_at is not None
    assert 50 < seen.unsaid_at <= 56


def test_a_list_is_played_whole_whatever_comes_of_it() -> None:
    steps = played(Listed([40, 10, 20]), breaks_above(15))

    assert [rate for rate, _ in steps] == [40, 10, 20]
    assert found(steps) == Found(up_to=10, breach_at=20, unsaid_at=None)


def test_a_rate_that_conforms_above_a_breach_counts_for_nothing() -> None:
    """Whoever breaks at 20 by chance breaks at 20."""
    steps: list[tuple[float, Verdict]] = [(10, CONFORMANT), (20, BREACHED), (40, CONFORMANT)]

    assert found(steps) == Found(up_to=10, breach_at=20, unsaid_at=None)
    assert found([(20, BREACHED), (20, CONFORMANT)]).breach_at == 20
