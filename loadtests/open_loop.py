"""Sends by the schedule and not by the answers. A sender that is busy holds no other message back;
a message that finds all senders busy is dropped, and counted.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from loadtests.tally import Tally

Clock = Callable[[], float]
"""Seconds of a clock that never goes back."""
Send = Callable[[int, float], None]
"""Sends the message of this number, meant to leave at this moment, and waits for its answer."""


TURN_S = 0.001
"""What is sent within this time leaves together."""
LEAST_S = 1e-6
"""A sleep of nothing at all would not let the loop look for answers."""


class Senders(Protocol):
    """Those who may wait for an answer at the same time, such as a gevent pool."""

    def full(self) -> bool: ...

    def spawn(self, begin: Callable[..., None], *arguments: Any) -> Any: ...


def send_all(
    arrivals: Sequence[float],
    send: Send,
    tally: Tally,
    *,
    senders: Senders,
    clock: Clock,
    sleep: Callable[[float], Any],
) -> None:
    """Returns when the last message was given to a sender, or dropped."""
    started = tally.started = clock()
    for number, arrival in enumerate(arrivals):
        intended = started + arrival
        sleep(max(0.0, intended - clock()))  # Also when it is late: the senders need their turn.
        tally.intend(intended)
        if senders.full():
            tally.drop(intended)
        else:
            senders.spawn(_begin, send, tally, clock, number, intended)


def _begin(send: Send, tally: Tally, clock: Clock, number: int, intended: float) -> None:
    """Runs with the sender, so that waiting for its turn counts as lag."""
    tally.begin(intended, clock())
    send(number, intended)


class Unwaited:
    """Senders that wait for nothing, since answers are handed over when they come: nobody has to be
    spawned, and it is only counted how many are still to come."""

    def __init__(self, places: int, *, clock: Clock, sleep: Callable[[float], Any]) -> None:
        self._places = places
        self._clock = clock
        self._sleep = sleep
        self._slept = clock()
        self.waiting = 0

    def full(self) -> bool:
        """As many answers are waited for as may be."""
        return self.waiting >= self._places

    def spawn(self, begin: Callable[..., None], *arguments: Any) -> None:
        """Sends."""
        self.waiting += 1
        begin(*arguments)

    def end(self) -> None:
        """An answer has come."""
        self.waiting -= 1

    def sleep(self, seconds: float) -> None:
        """Who is late goes on sending, but not for so long that answers are heard late."""
        if seconds > 0 or self._clock() - self._slept > TURN_S:
            self._sleep(max(seconds, LEAST_S))
            self._slept = self._clock()

    def join(self) -> None:
        """Returns when the last answer has come."""
        while self.waiting:
            self._sleep(TURN_S)
