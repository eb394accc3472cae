"""Payments are made before the clock starts, from one seed."""

import json

from loadtests.merchants import Merchants, made
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


def merchants(seed: int, tally: Tally, numbers: tuple[int, ...] = (1, 2, 3)) -> Merchants:
    return Merchants(
        CHECKOUT,
        RECIPIENTS,
        seed=seed,
        numbers=numbers,
        tally=tally,
        clock=lambda: 10.5,
    )


def orders(seed: int, numbers: tuple[int, ...] = (1, 2, 3)) -> list[str]:
    platform = Platform(*[Answer(202, b"{}")] * len(numbers))
    paying = merchants(seed, Tally(), numbers)
    for place in range(len(numbers)):
        paying.send(platform, place, 10.0)
    return [json.loads(request.body)["order_id"] for _, request in platform.asked]


def test_the_same_seed_sends_the_same_payments_and_another_seed_others() -> None:
    assert orders(1) == orders(1)
    assert not set(orders(1)) & set(orders(2))


def test_several_processes_send_together_what_one_would() -> None:
    assert sorted(orders(1, (1, 3)) + orders(1, (2,))) == sorted(orders(1))


def test_each_payment_is_the_one_that_the_account_names() -> None:
    """Who writes the account makes the payments anew, from the same seed."""
    payments = list(made(1, RECIPIENTS, 4))

    assert orders(1) == [payment.id for payment in payments[1:]]


def test_every_payment_that_left_is_in_the_account_whatever_was_answered() -> None:
    tally = Tally()
    paying = merchants(1, tally)
    platform = Platform(
        Answer(202, b'{"payment_id":"p-1"}'), Answer(422, b"{}"), Answer(0, error="TimeoutError")
    )

    for place in range(3):
        paying.send(platform, place, 10.0)

    assert [(one.number, one.outcome, one.status) for one in paying.asked] == [
        (1, "accepted", 202),
        (2, "refused", 422),
        (3, "failed", 0),
    ]
    assert [one.platform_payment for one in paying.asked] == ["p-1", None, None]
    assert paying.asked[2].answer == "TimeoutError"
    assert tally.errors == {"status 422": 1, "TimeoutError": 1}
    assert (tally.answered, tally.latency.max_us) == (1, 500_000)
