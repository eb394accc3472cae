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
