"""Payments are made before the clock starts, from one seed."""

import json

from loadtests.merchants import PAYMENT, Merchants, probe
from loadtests.outgoing import Answer, Request
from loadtests.tally import Tally
from loadtests.target import Checkout, Recipient

CHECKOUT = Checkout(
    method="POST",
    url="http://platform.invalid/payments",
    form="json",
    headers={},
    body={"order_id": "{payment.id}", "recipient": "{payment.recipient}"},
    accepted=(202,),
    pointer=None,
    accepted_values=(),
    refused_values=(),
    id="/payment_id",
)
RECIPIENTS = (Recipient("acquirer-sg", "SG"),)


class Platform:
    """Answers in turn, and keeps what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, Request]] = []

    def __call__(self, operation: str, request: Request) -> Answer:
        self.asked.append((operation, request))
        return self.answers.pop(0)


def merchants(seed: int, tally: Tally) -> Merchants:
    return Merchants(
        CHECKOUT,
        RECIPIENTS,
        seed=seed,
        count=3,
        tallies={PAYMENT: tally},
        clock=lambda: 10.5,
    )


def orders(seed: int) -> list[str]:
    platform = Platform(*[Answer(202, b"{}")] * 3)
    paying = merchants(seed, Tally())
    for number in range(3):
        paying.send(platform, number, 10.0)
    return [json.loads(request.body)["order_id"] for _, request in platform.asked]


def test_the_same_seed_sends_the_same_payments_and_another_seed_others() -> None:
    assert orders(1) == orders(1)
    assert not set(orders(1)) & set(orders(2))


def test_the_payment_before_the_load_is_none_of_the_load() -> None:
    probed = json.loads(probe(CHECKOUT, RECIPIENTS, 1).body)["order_id"]

    assert probed not in orders(1)


def test_accepted_payments_are_remembered_and_refused_ones_counted() -> None:
    tally = Tally()
    paying = merchants(1, tally)
    platform = Platform(
        Answer(202, b'{"payment_id":"p-1"}'), Answer(422, b"{}"), Answer(0, error="TimeoutError")
    )

    for number in range(3):
        paying.send(platform, number, 10.0)

    assert [names["platform_payment"] for names in paying.accepted] == ["p-1"]
    assert tally.errors == {"status 422": 1, "TimeoutError": 1}
    assert (tally.answered, tally.latency.max_us) == (1, 500_000)
