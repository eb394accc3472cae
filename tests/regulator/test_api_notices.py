"""Notices reach the callback in order, whatever happens on the way; every attempt is evidence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.journal.records import Delivery
from simulator.regulator.lifecycle import order
from tests.regulator.connected import Connected, connected

CALLBACK = "http://127.0.0.1:9000/notices"


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as regulator:
        regulator.office.courier._backoff_s = 0.0
        regulator.register(callback_url=CALLBACK)
        regulator.settle()
        yield regulator


def stop_and_lift(regulator: Connected) -> None:
    """Two notices, one after the other."""

    async def orders() -> None:
        state, clock = regulator.office.state, regulator.sandbox.clock
        stopped = order.stop(state, "reg-1", None, "a test", clock.now())
        assert isinstance(stopped, tuple)
        await regulator.office.decide("tester", "stop", stopped)
        lifted = order.lift(state, "reg-1", None, clock.now())
        assert isinstance(lifted, tuple)
        await regulator.office.decide("tester", "lift", lifted)
        await regulator.office.courier.settled()

    regulator.runner.run(orders())


def received(regulator: Connected) -> list[str]:
    """The ids of the notices that the callback got, in order."""
    return [message["id"] for _, message in regulator.callback.got if "id" in message]


def deliveries(regulator: Connected) -> list[tuple[str, int, int, str | None]]:
    """What the journal says of every attempt to deliver a notice."""
    return [
        (record.notice, record.attempt, record.status, record.fault)
        for record in regulator.records()
        if isinstance(record, Delivery) and record.notice.startswith("ntc-")
    ]


def test_notices_arrive_in_order(regulator: Connected) -> None:
    stop_and_lift(regulator)

    assert received(regulator) == ["ntc-1", "ntc-2"]


def test_a_notice_that_fails_does_not_hold_the_next_back(regulator: Connected) -> None:
    regulator.callback.statuses = [503]

    stop_and_lift(regulator)

    assert sorted(received(regulator)) == ["ntc-1", "ntc-1", "ntc-2"]
    assert regulator.office.state.unacknowledged == {}


def test_a_notice_is_given_up_after_eight_attempts_and_can_be_polled(regulator: Connected) -> None:
    regulator.callback.statuses = [500] * 16

    stop_and_lift(regulator)

    assert len(deliveries(regulator)) == 16
    polled = regulator.ask("GET", "/notices").json()["items"]
    assert [notice["id"] for notice in polled] == ["ntc-1", "ntc-2"]


def test_a_dropped_notice_comes_with_the_next_attempt(regulator: Connected) -> None:
    regulator.sandbox.faults.arm("notice_dropped", scope="notices", times=1)

    stop_and_lift(regulator)

    assert sorted(received(regulator)) == ["ntc-1", "ntc-2"]
    assert ("ntc-1", 1, 0, "flt-1") in deliveries(regulator)
    assert ("ntc-1", 2, 200, None) in deliveries(regulator)


def test_however_long_notices_are_dropped_only_their_first_attempts_are_lost(
    regulator: Connected,
) -> None:
    regulator.sandbox.faults.arm("notice_dropped", scope="notices")

    stop_and_lift(regulator)

    assert sorted(deliveries(regulator)) == [
        ("ntc-1", 1, 0, "flt-1"),
        ("ntc-1", 2, 200, None),
        ("ntc-2", 1, 0, "flt-1"),
        ("ntc-2", 2, 200, None),
    ]


def test_a_duplicated_notice_arrives_more_than_once(regulator: Connected) -> None:
    regulator.sandbox.faults.arm("notice_duplicated", scope="notices", times=1)

    stop_and_lift(regulator)

    assert received(regulator) == ["ntc-1", "ntc-1", "ntc-2"]
    assert deliveries(regulator) == [
        ("ntc-1", 1, 200, "flt-1"),
        ("ntc-1", 2, 200, "flt-1"),
        ("ntc-2", 1, 200, None),
    ]


def test_a_held_notice_arrives_after_the_next(regulator: Connected) -> None:
    regulator.sandbox.faults.arm("notice_reordered", scope="notices", times=1)

    stop_and_lift(regulator)

    assert received(regulator) == ["ntc-2", "ntc-1"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/%C3%A9",
        "http://127.0.0.1/é?q=ü",
        "http://127.0.0.1/a b#c",
        "http://user:word@127.0.0.1:9/",
        "http://127.0.0.1",
    ],
)
def test_an_odd_callback_is_challenged_like_any_other(tmp_path: Path, url: str) -> None:
    with connected(tmp_path) as regulator:
        assert regulator.register(callback_url=url).status_code == 201
        regulator.settle()

        assert regulator.ask("GET", "/registrations/self").json()["status"] == "active"


@pytest.mark.parametrize("port", ["0", "65536", "99999", "-1", "x"])
def test_a_callback_must_have_a_port_that_there_can_be(tmp_path: Path, port: str) -> None:
    with connected(tmp_path) as regulator:
        answer: Any = regulator.register(callback_url=f"http://127.0.0.1:{port}/")

    assert (answer.status_code, answer.json()["code"]) == (422, "body_invalid")
