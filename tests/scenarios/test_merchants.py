"""Merchants write and read a platform's interface as its target file says, and as nothing else."""

from typing import Any

import pytest

from scenarios.merchants import read_answer
from scenarios.target import Answers
from scenarios.traffic import Route, Traffic
from scenarios.traffic.placeholders import OF_A_PAYMENT, fill, names_in, values_of

BY_STATUS = Answers((202,), (409,), None, (), (), "/payment/id")
BY_WORD = Answers((200,), (400,), "/state", ("ok", "done"), ("no",), None)


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (202, '{"payment":{"id":"p-1"}}', ("accepted", "p-1")),
        (202, '{"payment":{"id":17}}', ("accepted", "17")),
        (202, "not json", ("accepted", None)),
        (409, "{}", ("refused", None)),
        (500, "{}", ("failed", None)),
        (0, "ConnectError()", ("failed", None)),
    ],
)
def test_an_answer_is_read_by_its_status(
    status: int, text: str, outcome: tuple[str, str | None]
) -> None:
    assert read_answer(BY_STATUS, status, text) == outcome


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (200, '{"state":"done"}', "accepted"),
        (200, '{"state":"no"}', "refused"),
        (400, '{"state":"ok"}', "accepted"),
        (200, '{"state":"perhaps"}', "failed"),
        (200, "{}", "failed"),
        (503, '{"state":"ok"}', "failed"),
    ],
)
def test_an_answer_is_read_by_the_word_that_it_points_to(
    status: int, text: str, outcome: str
) -> None:
    assert read_answer(BY_WORD, status, text) == (outcome, None)


def test_a_placeholder_alone_keeps_its_type_and_within_a_text_becomes_text() -> None:
    values = {"payment.amount_minor": 123456, "payment.domestic": False, "payment.note": None}
    template: dict[str, Any] = {
        "amount": "{payment.amount_minor}",
        "line": "{payment.amount_minor} minor units, domestic: {payment.domestic}{payment.note}",
        "nested": [{"at home": "{payment.domestic}"}],
        "json": '{"not": "a placeholder"}',
    }

    assert fill(template, values) == {
        "amount": 123456,
        "line": "123456 minor units, domestic: false",
        "nested": [{"at home": False}],
        "json": '{"not": "a placeholder"}',
    }


def test_every_placeholder_has_a_value_for_every_payment() -> None:
    payment = Traffic(7).payment(route=Route("acquirer-sg", "SG"))

    values = values_of(payment)

    assert set(values) == OF_A_PAYMENT
    assert values["payment.recipient"] == "acquirer-sg"
    assert list(names_in("{payment.id} {PAYMENT} {} {payer.mobile}")) == [
        "payment.id",
        "payer.mobile",
    ]
