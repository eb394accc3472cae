"""The knee of a platform whose capacity is known: a queue with one server, on simulated time."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from loadtests.open_loop import send_all
from loadtests.schedules import catalogue_of_schedules
from loadtests.search import BREACHED, CONFORMANT, Knee, Verdict, found
from loadtests.tally import Tally

SECONDS = 20.0
P99_S = 0.5
"""What the profile allows."""


@dataclass
class Queue:
    """One server that needs `1 / capacity` seconds for each message, first come first served."""

    capacity: float
    now: float = 0.0
    free_at: float = 0.0
    answers: list[tuple[float, int, float]] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.go_on(self.now + seconds)

    def go_on(self, until: float) -> None:
        while self.answers and self.answers[0][0] <= until:
            self.now, _, intended = heapq.heappop(self.answers)
            self.tally.end(intended, self.now, None)
        self.now = max(self.now, until)

    def full(self) -> bool:
        return False

    def spawn(self, begin: Callable[..., None], *arguments: Any) -> None:
        begin(*arguments)

    def send(self, number: int, intended: float) -> None:
        self.free_at = max(self.now, self.free_at) + 1 / self.capacity
        heapq.heappush(self.answers, (self.free_at, number, intended))


def played(rate: float, capacity: float) -> Verdict:
    """One step against a fresh queue, judged by its p99 from the intended moment."""
    queue = Queue(capacity)
    schedule = catalogue_of_schedules()["constant"]
    send_all(
        schedule.arrivals(rate=rate, seconds=SECONDS, seed=1, name="payment"),
        queue.send,
        queue.tally,
        senders=queue,
        clock=queue.clock,
        sleep=queue.sleep,
    )
    queue.go_on(1_000_000.0)
    p99_us = queue.tally.latency.percentile_us(99)
    assert p99_us is not None
    return CONFORMANT if p99_us <= P99_S * 1_000_000 else BREACHED


@pytest.mark.parametrize("capacity", [13.0, 37.5, 100.0, 260.0])
def test_the_search_ends_at_the_capacity(capacity: float) -> None:
    """Above its capacity a queue grows for as long as the step lasts, so that latency tells; the
    limit of half a second allows a step of this length a fortieth more than the capacity."""
    plan = Knee(first=5, most=1_000)
    steps = []
    while (rate := plan.next_rate()) is not None:
        steps.append((rate, played(rate, capacity)))
        plan.tell(*steps[-1])

    seen = found(steps)
    assert seen.up_to is not None
    assert seen.breach_at is not None
    assert seen.up_to <= capacity * 1.03
    assert seen.breach_at > capacity
    assert seen.breach_at <= 1.14 * capacity


def test_a_closed_load_never_finds_it() -> None:
    """The control: who waits for each answer is served as fast as the server can, and sees nothing
    but quick answers at any rate that is asked for."""
    queue = Queue(capacity=20.0)

    for number in range(200):
        began = queue.now
        queue.send(number, began)
        queue.go_on(queue.answers[0][0])

    assert queue.tally.latency.percentile_us(99) == pytest.approx(50_000, abs=100)
