"""Sending by the schedule: what is late or dropped is counted, and nothing is held back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from loadtests.open_loop import send_all
from loadtests.tally import Tally


@dataclass
class SlowWorld:
    """Time moves only by sleeping. A sender is busy for `busy_s`; to start one takes `start_s`."""

    places: int
    busy_s: float = 0.0
    start_s: float = 0.0
    now: float = 100.0
    free_at: list[float] = field(default_factory=list)
    sent: list[tuple[int, float]] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def full(self) -> bool:
        self.free_at = [moment for moment in self.free_at if moment > self.now]
        return len(self.free_at) >= self.places

    def spawn(self, begin: Callable[..., None], *arguments: Any) -> None:
        self.now += self.start_s
        self.free_at.append(self.now + self.busy_s)
        begin(*arguments)

    def send(self, number: int, intended: float) -> None:
        self.sent.append((number, intended))


def run(world: SlowWorld, arrivals: tuple[float, ...]) -> Tally:
    tally = Tally()
    send_all(arrivals, world.send, tally, senders=world, clock=world.clock, sleep=world.sleep)
    return tally


def test_every_message_leaves_at_its_moment() -> None:
    world = SlowWorld(places=10)

    tally = run(world, (0.0, 0.5, 2.0))

    assert world.sent == [(0, 100.0), (1, 100.5), (2, 102.0)]
    assert (tally.intended, tally.dropped, tally.late, tally.lag.max_us) == (3, 0, 0, 0)


def test_a_slow_answer_holds_no_other_message_back() -> None:
    world = SlowWorld(places=10, busy_s=60.0)

    tally = run(world, (0.0, 0.1, 0.2))

    assert [intended for _, intended in world.sent] == [100.0, 100.1, 100.2]
    assert (tally.late, tally.dropped) == (0, 0)


def test_a_message_that_finds_all_senders_busy_is_dropped_and_counted() -> None:
    world = SlowWorld(places=2, busy_s=1.0)

    tally = run(world, (0.0, 0.1, 0.2, 0.3, 1.05))

    assert [number for number, _ in world.sent] == [0, 1, 4]
    assert (tally.intended, tally.dropped, tally.lag.count) == (5, 2, 3)


def test_a_generator_that_falls_behind_counts_what_left_late() -> None:
    world = SlowWorld(places=10, start_s=0.04)

    tally = run(world, (0.0, 0.0, 0.0, 1.0))

    assert [intended for _, intended in world.sent] == [100.0, 100.0, 100.0, 101.0]
    assert tally.late == 2  # They left 80 and 120 ms after their moment, the others 40 ms.
    assert tally.lag.max_us == 120_000


def test_the_senders_get_their_turn_even_when_all_is_late() -> None:
    slept: list[float] = []
    world = SlowWorld(places=10, start_s=1.0)

    send_all(
        (0.0, 0.1, 0.2),
        world.send,
        Tally(),
        senders=world,
        clock=world.clock,
        sleep=slept.append,
    )

    assert slept == [0.0, 0.0, 0.0]
