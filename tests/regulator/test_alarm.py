"""The regulator wakes when something is due, and sleeps otherwise."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from simulator.clock import SandboxClock
from simulator.regulator.alarm import LOOK_S, SLEEP_S_MAX, Alarm

START = datetime(2023, 6, 1, tzinfo=UTC)
WALL = datetime(2026, 3, 2, tzinfo=UTC)


class Bell:
    """A loop's timers, rung by hand, and what the regulator has due."""

    def __init__(self, *dues: float, rate: float = 1.0) -> None:
        self.wall = WALL
        self.clock = SandboxClock(START, wall_started_at=WALL, rate=rate, wall=lambda: self.wall)
        self.dues = [START + timedelta(seconds=each) for each in dues]
        self.ran: list[float] = []
        self.looks = 0
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self.wall_waits_s: list[float] = []
        self.alarm = Alarm(self.clock, self.look, self.next_due, self.next_in_s)

    async def look(self) -> None:
        self.looks += 1
        now = self.clock.now()
        self.ran += [(due - START).total_seconds() for due in self.dues if due <= now]
        self.dues = [due for due in self.dues if due > now]

    def next_due(self, after: datetime) -> datetime | None:
        return min((due for due in self.dues if due > after), default=None)

    def next_in_s(self) -> float | None:
        return self.wall_waits_s.pop() if self.wall_waits_s else None

    async def ring(self) -> float:
        """Lets the time pass until the next timer, and rings it; the seconds that passed."""
        seconds, ring = self.timers.pop()
        self.wall += timedelta(seconds=seconds)
        ring()
        for _ in range(5):
            await asyncio.sleep(0)
        return seconds


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> Callable[[Bell], None]:
    """Puts the bell in the place of the running loop's timers."""

    class Handle:
        def cancel(self) -> None:
            pass

    def take(bell: Bell) -> None:
        def call_later(seconds: float, ring: Callable[[], None]) -> Handle:
            bell.timers[:] = [(seconds, ring)]
            return Handle()

        monkeypatch.setattr(asyncio.get_running_loop(), "call_later", call_later)
        bell.alarm.start()

    return take


def rung(bell: Bell, by_hand: Callable[[Bell], None], times: int) -> list[float]:
    """The seconds that passed before each ring."""

    async def story() -> list[float]:
        by_hand(bell)
        passed = [await bell.ring() for _ in range(times)]
        await bell.alarm.close()
        return passed

    return asyncio.run(story())


def test_what_the_wall_alone_brings_wakes_it_though_the_sandbox_stands_still(
    by_hand: Callable[[Bell], None],
) -> None:
    bell = Bell(10, rate=0.0)
    bell.wall_waits_s = [7.0]

    assert rung(bell, by_hand, 2) == [0.0, 7.0]
    assert (bell.looks, bell.ran) == (2, [])


def test_it_sleeps_until_the_next_due_time(by_hand: Callable[[Bell], None]) -> None:
    bell = Bell(10, 30)

    assert rung(bell, by_hand, 3) == [0.0, 10.0, 20.0]
    assert (bell.ran, bell.looks, bell.timers) == ([10.0, 30.0], 3, [])


def test_it_sleeps_shorter_where_the_clock_runs_faster(by_hand: Callable[[Bell], None]) -> None:
    assert rung(Bell(86_400, rate=1440.0), by_hand, 2) == [0.0, 60.0]


def test_it_never_sleeps_so_long_that_a_set_wall_clock_is_missed(
    by_hand: Callable[[Bell], None],
) -> None:
    assert rung(Bell(86_400), by_hand, 3) == [0.0, SLEEP_S_MAX, SLEEP_S_MAX]


@pytest.mark.parametrize("bell", [Bell(), Bell(10, rate=0.0)])
def test_where_nothing_comes_no_timer_is_set(bell: Bell, by_hand: Callable[[Bell], None]) -> None:
    rung(bell, by_hand, 1)

    assert (bell.looks, bell.timers) == (1, [])


def test_many_entries_share_one_look(by_hand: Callable[[Bell], None]) -> None:
    bell = Bell()

    async def story() -> float:
        by_hand(bell)
        await bell.ring()
        for _ in range(100):
            bell.alarm.stir()
        return await bell.ring()

    assert asyncio.run(story()) == LOOK_S
    assert (bell.looks, bell.timers) == (2, [])


def test_an_entry_that_brings_a_deadline_nearer_is_not_overslept(
    by_hand: Callable[[Bell], None],
) -> None:
    bell = Bell(50)

    async def story() -> list[float]:
        by_hand(bell)
        await bell.ring()
        bell.dues.insert(0, START + timedelta(seconds=5))
        bell.alarm.stir()
        return [await bell.ring() for _ in range(3)]

    assert asyncio.run(story()) == pytest.approx([LOOK_S, 5 - LOOK_S, 45.0])
    assert bell.ran == [5.0, 50.0]
