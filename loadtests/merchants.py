"""The merchants: every payment is made and written out before the clock starts, so that while it
runs they only send.
"""

import itertools
from collections.abc import Iterator

from loadtests.open_loop import Clock
from loadtests.outgoing import Ask, Request
from loadtests.tally import Tally
from loadtests.target import Checkout, Recipient
from scenarios.traffic import Payment, Route, Traffic

PAYMENT = "payment"


class Merchants:
    """Submits payments; `accepted` is what the platform calls those that it took."""

    def __init__(
        self,
        checkout: Checkout,
        recipients: tuple[Recipient, ...],
        *,
        seed: int,
        count: int,
        tallies: dict[str, Tally],
        clock: Clock,
    ) -> None:
        made = itertools.islice(payments(seed, recipients), 1, count + 1)  # The first is the probe.
        self._prepared = [(payment.id, checkout.request(payment)) for payment in made]
        self._checkout = checkout
        self._tally = tallies[PAYMENT]
        self._clock = clock
        self.accepted: list[dict[str, str]] = []
        """What the merchants need to follow each accepted payment, in order of acceptance."""

    def send(self, ask: Ask, number: int, intended: float) -> None:
        """Submits one payment and waits for the answer."""
        payment_id, request = self._prepared[number]
        answer = ask(PAYMENT, request)
        wrong = self._checkout.wrong(answer)
        self._tally.end(self._clock() - intended, wrong)
        if wrong is None:
            names = {"payment.id": payment_id}
            platform_payment = self._checkout.platform_payment(answer)
            if platform_payment is not None:
                names["platform_payment"] = platform_payment
            self.accepted.append(names)


def payments(seed: int, recipients: tuple[Recipient, ...]) -> Iterator[Payment]:
    """All payments of a load, without end; each goes to one of the recipients."""
    routes = [Route(recipient.id, recipient.country) for recipient in recipients]
    return Traffic(seed).payments(routes=routes)


def probe(checkout: Checkout, recipients: tuple[Recipient, ...], seed: int) -> Request:
    """The payment that is sent before the load, to see that payments can be sent at all."""
    return checkout.request(next(payments(seed, recipients)))
