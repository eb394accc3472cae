"""The merchants: every payment is made and written out before the clock starts, so that while it
runs they only send.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from loadtests.account import ANSWER_KEPT, Asked
from loadtests.open_loop import Clock
from loadtests.outgoing import Answer, Ask, Request, Send, Written
from loadtests.tally import Tally
from loadtests.target import Checkout, Recipient
from scenarios.traffic import Payment, Route, Traffic
from simulator.clock import wall_now

PAYMENT = "payment"


class Merchants:
    """Submits payments; `asked` is the account of all that left."""

    def __init__(
        self,
        checkout: Checkout,
        recipients: tuple[Recipient, ...],
        *,
        seed: int,
        numbers: Sequence[int],
        tally: Tally,
        clock: Clock,
    ) -> None:
        """Prepares the payments of these numbers, which rise."""
        wanted = set(numbers)
        self._prepared: list[tuple[int, Request]] = []
        for number, payment in enumerate(made(seed, recipients, max(wanted, default=-1) + 1)):
            if number in wanted:
                self._prepared.append((number, checkout.request(payment)))
        self._checkout = checkout
        self._tally = tally
        self._clock = clock
        self._written: list[Written] = []
        self.asked: list[Asked] = []

    def write_out(self) -> None:
        """Prepares the very bytes, for `post`."""
        self._written = [request.written() for _, request in self._prepared]

    def send(self, ask: Ask, place: int, intended: float) -> None:
        """Submits the payment at this place of those prepared, and waits for the answer."""
        number, request = self._prepared[place]
        sent_at = wall_now()
        self._end(number, intended, sent_at, ask(PAYMENT, request))

    def post(self, send: Send, place: int, intended: float, then: Callable[[], None]) -> None:
        """The same without waiting; `then` is called when the answer has been taken in."""
        number, sent_at = self._prepared[place][0], wall_now()

        def hear(answer: Answer) -> None:
            self._end(number, intended, sent_at, answer)
            then()

        send(PAYMENT, self._written[place], hear)

    def _end(self, number: int, intended: float, sent_at: datetime, answer: Answer) -> None:
        self._tally.end(intended, self._clock(), self._checkout.wrong(answer))
        self.asked.append(asked(self._checkout, number, answer, sent_at))


def asked(checkout: Checkout, number: int, answer: Answer, sent_at: datetime) -> Asked:
    """The merchant's account of one payment that was answered just now."""
    return Asked(
        number=number,
        sent_at=sent_at,
        answered_at=wall_now(),
        status=answer.status,
        answer=(answer.error or answer.body[: 4 * ANSWER_KEPT].decode(errors="replace"))[
            :ANSWER_KEPT
        ],
        outcome=checkout.outcome(answer),
        platform_payment=checkout.platform_payment(answer),
    )


def made(seed: int, recipients: tuple[Recipient, ...], count: int) -> Iterator[Payment]:
    """The first payments of a load, each to one of the recipients. The very first is the probe."""
    routes = [Route(recipient.id, recipient.country) for recipient in recipients]
    return itertools.islice(Traffic(seed).payments(routes=routes), count)
