"""Payments are made before the clock starts, from one seed."""

import json
from collections.abc import Callable
from functools import partial

from loadtests.merchants import Merchants, made
from loadtests.outgoing import Answer, Request, Written
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


def test_what_is_posted_without_waiting_is_accounted_for_when_the_answer_comes() -> None:
    tally = Tally()
    paying = merchants(1, tally)
    paying.write_out()
    left: list[tuple[Written, Callable[[Answer], None]]] = []
    taken: list[int] = []

    def send(operation: str, written: Written, heard: Callable[[Answer], None]) -> None:
        left.append((written, heard))

    for place in range(2):
        paying.post(send, place, 10.0, partial(taken.append, place))
    assert (tally.answered, paying.asked) == (0, [])

    for _, heard in reversed(left):
        heard(Answer(202, b'{"payment_id":"p-1"}'))
    assert [one.number for one in paying.asked] == [2, 1]
    assert (tally.answered, taken) == (2, [1, 0])
    assert [json.loads(one.data.partition(b"\r\n\r\n")[2])["order_id"] for one, _ in left] == (
        orders(1)[:2]
    )
