"""What a client carries is what it sent in time and was answered."""

import argparse
from dataclasses import replace

from loadtests.bench_clients import carries, rounds_of
from tests.loadtests.some_steps import carried, generated

OPTIONS = argparse.Namespace(to=60_000.0, rounds=2)


def test_a_rate_is_carried_if_all_was_sent_in_time_and_answered() -> None:
    dropped, late, silent = carried(), carried(), carried()
    dropped.intend(1.0)
    dropped.drop(1.0)
    late.late = 3
    silent.intend(1.0)

    assert carries(generated()) == (True, 100.0)  # 200 in 10 s, with a fifth of a core.
    for tally in (dropped, late, silent):
        assert carries(generated(tally))[0] is False
    assert carries(replace(generated(), complete=False))[0] is False


def test_the_highest_rate_that_is_carried_is_searched_in_each_round() -> None:
    seen = rounds_of("raw", lambda rate: (rate <= 27_000, 2 * rate), OPTIONS)

    assert seen.rates == (25_000.0, 25_000.0)
    assert seen.per_core_s == (50_000.0, 50_000.0)


def test_a_rate_that_something_disturbed_is_tried_once_more() -> None:
    disturbed = {20_000.0, 25_000.0}

    def carries_at(rate: float) -> tuple[bool, float | None]:
        if rate in disturbed:
            disturbed.remove(rate)
            return False, None
        return rate <= 27_000, None

    assert rounds_of("raw", carries_at, OPTIONS).rates == (25_000.0, 25_000.0)


def test_a_client_that_carries_nothing_carries_nothing() -> None:
    seen = rounds_of("fast", lambda rate: (False, None), OPTIONS)

    assert (seen.rates, seen.per_core_s) == ((0.0, 0.0), ())
