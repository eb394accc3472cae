"""Merchants write and read a platform's interface as its target file says, and as nothing else."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scenarios.merchants import Merchants, read_answer
from scenarios.notebook import Notebook
from scenarios.target import Answers, Target, load
from scenarios.target_template import target_text
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


class Unread(Notebook):
    """Nobody reads what stands in it."""

    def __init__(self) -> None:
        """Without a simulator."""

    def write(self, record: Any) -> None:
        """Nothing."""


def a_target(folder: Path, port: int) -> Target:
    path = folder / "target.toml"
    at = f"http://127.0.0.1:{port}"
    text = target_text(
        name="somebody", platform=at, listen="127.0.0.1:1", passcode="open", state="state"
    )
    path.write_text(text)
    return load(path)


def outcome_of(
    folder: Path, answers: asyncio.Event, stretch: Callable[[], float]
) -> tuple[str, str]:
    """What comes of one payment to a platform that answers once it may: the outcome, and the
    answer."""

    async def platform(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await answers.wait()
        writer.write(b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    async def pay() -> tuple[str, str]:
        server = await asyncio.start_server(platform, "127.0.0.1", 0)
        target = a_target(folder, server.sockets[0].getsockname()[1])
        async with Merchants(target, Unread(), stretch) as merchants:
            paid = await merchants.ask(Traffic(7).payment(route=Route("acquirer-sg", "SG")), "it")
        answers.set()
        server.close()
        return paid.outcome, paid.answer

    return asyncio.run(pay())


def test_merchants_are_patient_with_a_machine_that_fell_behind_while_they_waited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenarios.merchants.PATIENCE_S", 0.01)
    answers = asyncio.Event()

    def behind() -> float:
        """It is asked when the time is up, and from then on the platform gets to its answer."""
        answers.set()
        return 10_000.0

    assert outcome_of(tmp_path, answers, behind) == ("accepted", "{}")


def test_merchants_give_up_on_a_platform_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenarios.merchants.PATIENCE_S", 0.01)

    outcome, answer = outcome_of(tmp_path, asyncio.Event(), lambda: 1.0)

    assert (outcome, answer) == ("failed", "ReadTimeout('no answer within 0 s')")
