"""How a payment goes to the platform of a target file, and how its answers are read."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from loadtests.outgoing import Answer
from loadtests.target import Checkout, Poll, Recipient, read
from scenarios.target_template import write_template
from scenarios.traffic import Route, Traffic
from scenarios.traffic.placeholders import fill

CHECKOUT = Checkout(
    method="POST",
    url="http://platform.invalid/pay/{merchant.id}",
    form="json",
    headers={"Idempotency-Key": "{payment.id}"},
    body={
        "order": "{payment.id}",
        "minor": "{payment.amount_minor}",
        "to": ["{payment.recipient}"],
    },
    accepted=(200, 202),
    pointer=None,
    accepted_values=(),
    refused_values=(),
    id="/data/0/id",
)
PAYMENT = next(Traffic(1).payments(routes=[Route("acquirer-sg", "SG")]))


def test_a_payment_fills_the_template() -> None:
    request = CHECKOUT.request(PAYMENT)

    assert request.url == f"http://platform.invalid/pay/{PAYMENT.merchant.id}"
    assert request.headers == {"Content-Type": "application/json", "Idempotency-Key": PAYMENT.id}
    assert json.loads(request.body) == {
        "order": PAYMENT.id,
        "minor": PAYMENT.amount_minor,
        "to": ["acquirer-sg"],
    }


def test_a_form_is_encoded_and_leaves_out_what_has_no_value() -> None:
    form = replace(CHECKOUT, form="form", body={"a": "{payment.domestic}", "b": "{x}", "c": "ä&"})
    domestic = next(Traffic(1).payments(domestic_share=1.0))

    request = replace(form, body={**form.body, "b": "{payment.recipient}"}).request(domestic)

    assert request.body == b"a=true&c=%C3%A4%26"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("checkout", "answer", "wrong"),
    [
        (CHECKOUT, Answer(202, b"{}"), None),
        (CHECKOUT, Answer(409, b'{"code":"quota_exceeded"}'), "status 409 quota_exceeded"),
        (CHECKOUT, Answer(500, b"oops"), "status 500"),
        (CHECKOUT, Answer(0, error="TimeoutError"), "TimeoutError"),
        (
            replace(CHECKOUT, pointer="/status", accepted_values=("ok",)),
            Answer(200, b'{"status":"no"}'),
            "answered 'no'",
        ),
        (
            replace(CHECKOUT, pointer="/status", refused_values=("no",)),
            Answer(200, b'{"status":"no"}'),
            "answered 'no'",
        ),
        (
            replace(CHECKOUT, pointer="/status", accepted_values=("ok",)),
            Answer(200, b'{"status":"ok"}'),
            None,
        ),
    ],
)
def test_an_answer_is_right_only_if_the_target_calls_it_accepted(
    checkout: Checkout, answer: Answer, wrong: str | None
) -> None:
    assert checkout.wrong(answer) == wrong


def test_the_platform_id_of_a_payment_is_found_where_the_target_says() -> None:
    assert CHECKOUT.platform_payment(Answer(200, b'{"data":[{"id":17}]}')) == "17"
    assert CHECKOUT.platform_payment(Answer(200, b'{"data":[]}')) is None
    assert CHECKOUT.platform_payment(Answer(200, b"not JSON")) is None


def test_a_poll_tells_what_is_final_and_what_is_not() -> None:
    poll = Poll("http://p.invalid/{platform_payment}", "/status", ("settled",), ("refused",))

    fates = [poll.final(Answer(200, body)) for body in (b'{"status":"settled"}', b"{}", b"")]

    assert fates == ["settled", None, None]
    assert poll.final(Answer(200, b'{"status":"refused"}')) == "refused"
    assert poll.address({"platform_payment": "p-1"}) == "http://p.invalid/p-1"
    assert poll.address({}) is None


def test_a_template_without_placeholders_stays_as_it_is() -> None:
    assert fill({"a": [1, None, '{"b": 2}']}, {}) == {"a": [1, None, '{"b": 2}']}


def test_the_target_file_that_init_writes_can_be_read(tmp_path: Path) -> None:
    write_template(tmp_path / "target.toml")

    target = read(tmp_path / "target.toml")

    assert target.checkout.url == "http://127.0.0.1:8901/payments"
    assert (target.simulator.host, target.simulator.port) == ("127.0.0.1", 8900)
    assert target.simulator.state == tmp_path / ".state/simulator"
    assert target.recipients == (Recipient("acquirer-sg", "SG"), Recipient("acquirer-th", "TH"))
    assert target.poll is not None
    assert target.poll.settled == ("settled",)
    assert json.loads(target.checkout.request(PAYMENT).body)["order_id"] == PAYMENT.id
