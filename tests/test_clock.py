"""A sandbox's clock starts when it is told, runs at its rate, and never goes back."""

from datetime import UTC, datetime, timedelta

import pytest

from simulator.clock import SandboxClock, wall_now

WALL = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
START = datetime(2023, 6, 1, tzinfo=UTC)


class Hands:
    """A wall clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = WALL

    def __call__(self) -> datetime:
        return self.now


def test_it_starts_at_its_own_date_and_runs_with_the_wall() -> None:
    hands = Hands()
    clock = SandboxClock(START, wall_started_at=WALL, wall=hands)

    assert clock.now() == START
    hands.now += timedelta(minutes=5)
    assert clock.now() == START + timedelta(minutes=5)
    assert clock.offset() == START - WALL


def test_a_rate_makes_it_run_faster() -> None:
    hands = Hands()
    clock = SandboxClock(START, wall_started_at=WALL, rate=86_400.0, wall=hands)

    hands.now += timedelta(seconds=30)

    assert clock.now() == START + timedelta(days=30)


def test_one_instant_has_one_sandbox_time() -> None:
    hands = Hands()
    clock = SandboxClock(START, wall_started_at=WALL, rate=60.0, wall=hands)
    instant = WALL + timedelta(seconds=1)

    hands.now += timedelta(hours=1)

    assert clock.at(instant) == START + timedelta(minutes=1)


def test_it_can_be_advanced_and_runs_on_from_there() -> None:
    hands = Hands()
    clock = SandboxClock(START, wall_started_at=WALL, wall=hands)

    clock.advance_by(timedelta(days=30))
    hands.now += timedelta(seconds=1)
    clock.advance_to(START + timedelta(days=31))
    hands.now += timedelta(seconds=1)

    assert clock.now() == START + timedelta(days=31, seconds=1)


def test_it_is_never_set_back() -> None:
    clock = SandboxClock(START, wall_started_at=WALL, wall=Hands())

    with pytest.raises(ValueError, match="cannot go back from 2023-06-01T00:00:00"):
        clock.advance_to(START - timedelta(seconds=1))
    assert clock.now() == START


def test_the_wall_clock_is_aware_utc() -> None:
    assert wall_now().tzinfo is UTC
