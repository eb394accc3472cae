"""Sending by the schedule: what is late or dropped is counted, and nothing is held back."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from loadtests.open_loop import LEAST_S, Unwaited, send_all
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


@dataclass
class FrozenServer:
    """A server on simulated time that answers in a millisecond, but for a while not at all. Senders
    wait side by side, as they do on a wire: each answer is an event of its own."""

    frozen_from: float
    frozen_to: float
    now: float = 0.0
    answers: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.go_on(self.now + seconds)

    def go_on(self, until: float) -> None:
        while self.answers and self.answers[0][0] <= until:
            self.now, _, answer = heapq.heappop(self.answers)
            answer()
        self.now = max(self.now, until)

    def full(self) -> bool:
        return False

    def spawn(self, begin: Callable[..., None], *arguments: Any) -> None:
        begin(*arguments)

    def answered_at(self) -> float:
        began = self.frozen_to if self.frozen_from <= self.now < self.frozen_to else self.now
        return began + 0.001

    def send(self, number: int, intended: float) -> None:
        def answer() -> None:
            self.tally.end(intended, self.now, None)

        heapq.heappush(self.answers, (self.answered_at(), number, answer))


def test_a_server_that_freezes_for_two_seconds_shows_in_p99() -> None:
    """Who waits for each answer sends one message into the freeze, and calls the other 200 fast:
    coordinated omission. Here all of them were meant to leave, and their waiting counts."""
    server = FrozenServer(frozen_from=4.0, frozen_to=6.0)
    moments = tuple(number / 100 for number in range(1_000))

    send_all(
        moments,
        server.send,
        server.tally,
        senders=server,
        clock=server.clock,
        sleep=server.sleep,
    )
    server.go_on(60.0)

    latency = server.tally.latency
    assert (server.tally.answered, server.tally.late) == (1_000, 0)
    assert latency.percentile_us(50) == pytest.approx(1_000, abs=2)
    p99 = latency.percentile_us(99)
    assert p99 is not None
    assert 1_800_000 < p99 <= 2_001_000
    slow = [number for number, second in server.tally.course.items() if second.latency.max_us > 1e5]
    assert slow == [4, 5]


def test_one_sender_that_waits_for_each_answer_hides_the_same_freeze() -> None:
    """The control: the same server, asked in the closed manner. Its p99 says that nothing was."""
    server = FrozenServer(frozen_from=4.0, frozen_to=6.0)

    while server.now < 10.0:
        began = server.now
        server.send(0, began)
        server.go_on(server.answers[0][0])
        server.sleep(max(0.0, 0.01 - (server.now - began)))

    assert server.tally.latency.max_us > 1_900_000
    assert server.tally.latency.percentile_us(99) == pytest.approx(1_000, abs=2)


def test_who_waits_for_nothing_drops_what_finds_all_places_taken() -> None:
    world = SlowWorld(places=0)
    senders = Unwaited(2, clock=world.clock, sleep=world.sleep)
    tally = Tally()

    def send(number: int, intended: float) -> None:
        world.send(number, intended)
        if number == 2:
            senders.end()
            senders.end()

    send_all(
        (0.0, 0.0, 0.0, 0.5, 0.6, 0.7),
        send,
        tally,
        senders=senders,
        clock=world.clock,
        sleep=senders.sleep,
    )

    assert [number for number, _ in world.sent] == [0, 1]
    assert (tally.intended, tally.dropped, senders.waiting) == (6, 4, 2)


def test_who_is_late_sends_on_and_lets_answers_in_every_millisecond() -> None:
    moments = iter([0.0, 0.0005, 0.0012, 0.0012, 0.0013, 0.0013, 0.0013])
    slept: list[float] = []
    senders = Unwaited(2, clock=lambda: next(moments), sleep=slept.append)

    for seconds in (0.0, 0.0, 0.0, 0.25):
        senders.sleep(seconds)

    assert slept == [LEAST_S, 0.25]
