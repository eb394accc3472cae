"""Notices reach the callback in order, whatever happens on the way; every attempt is evidence."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.journal.records import Decided, Delivery
from simulator.messages import signature
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


def stop(regulator: Connected, *, settle: bool = True) -> None:
    """One notice, `ntc-1`."""

    async def give() -> None:
        state, clock = regulator.office.state, regulator.sandbox.clock
        stopped = order.stop(state, "reg-1", None, "a test", clock.now())
        assert isinstance(stopped, tuple)
        await regulator.office.decide("tester", "stop", stopped)
        if settle:
            await regulator.office.courier.settled()

    regulator.runner.run(give())


def run_timers(regulator: Connected) -> None:
    """What is due by now is done."""
    regulator.runner.run(regulator.office.run_timers())


def start(regulator: Connected) -> None:
    """What was under way is taken up."""

    async def resume() -> None:
        regulator.office.courier.resume()

    regulator.runner.run(resume())


def until(regulator: Connected, happened: Callable[[], bool]) -> None:
    """Lets the loop run until something has happened."""

    async def wait() -> None:
        async with asyncio.timeout(120):
            while not happened():
                await asyncio.to_thread(int)  # Gives the writer of the journal its turn.

    regulator.runner.run(wait())


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


def standing(regulator: Connected, id: str = "ntc-1") -> dict[str, Any]:
    """What the platform reads of a notice."""
    told: dict[str, Any] = regulator.ask("GET", f"/notices/{id}/deliveries").json()["notice"]
    return told


def decided(regulator: Connected) -> list[str]:
    """What the timers recorded."""
    return [record.command for record in regulator.records() if isinstance(record, Decided)]


def test_a_notice_that_was_given_up_is_a_dead_letter_with_its_reason(regulator: Connected) -> None:
    regulator.callback.statuses = [500] * 7 + [503]

    stop(regulator)

    assert standing(regulator) == {
        "id": "ntc-1",
        "status": "dead",
        "attempts": 8,
        "overdue_at": None,
        "reason": "not acknowledged by attempt 8: the callback answered 503",
        "acknowledged_at": None,
    }
    assert regulator.ask("POST", "/notices/ntc-1/acknowledgement").status_code == 200
    assert standing(regulator)["status"] == "acknowledged"


def test_every_attempt_is_in_the_delivery_log(regulator: Connected) -> None:
    regulator.callback.statuses = [503]
    regulator.sandbox.faults.arm("notice_dropped", scope="notices", times=1)

    stop(regulator)
    first = regulator.ask("GET", "/notices/ntc-1/deliveries?limit=2").json()
    rest = regulator.ask("GET", f"/notices/ntc-1/deliveries?cursor={first['next_cursor']}").json()

    told = [
        (one["attempt"], one["status"], one["error"], one["fault"])
        for one in first["items"] + rest["items"]
    ]
    assert told == [
        (1, 0, "lost on the way", "flt-1"),
        (2, 503, None, None),
        (3, 200, None, None),
    ]
    assert rest["next_cursor"] is None


def test_a_dead_letter_comes_back_to_life_with_a_new_round_of_attempts(
    regulator: Connected,
) -> None:
    regulator.callback.statuses = [500] * 9
    stop(regulator)

    asked = regulator.ask("POST", "/notices/ntc-1/redelivery")
    regulator.settle()

    assert (asked.status_code, asked.json()["status"]) == (200, "redelivering")
    assert [status for _, _, status, _ in deliveries(regulator)] == [500] * 9 + [200]
    assert standing(regulator)["status"] == "acknowledged"
    again = regulator.ask("POST", "/notices/ntc-1/redelivery")
    assert (again.status_code, again.json()["code"]) == (409, "notice_acknowledged")


def test_a_round_under_way_goes_on_after_a_restart(regulator: Connected) -> None:
    regulator.callback.statuses = [500] * 8
    stop(regulator)
    regulator.callback.statuses = [500] * 3
    regulator.office.courier._backoff_s = 3600.0
    regulator.ask("POST", "/notices/ntc-1/redelivery")
    until(regulator, lambda: len(deliveries(regulator)) == 9)

    regulator.restart()
    regulator.office.courier._backoff_s = 0.0
    start(regulator)
    regulator.settle()

    assert [status for _, _, status, _ in deliveries(regulator)] == [500] * 11 + [200]


def test_a_dead_letter_stays_dead_after_a_restart(regulator: Connected) -> None:
    regulator.callback.statuses = [500] * 8
    stop(regulator)

    regulator.restart()
    start(regulator)
    regulator.settle()

    assert len(deliveries(regulator)) == 8
    assert standing(regulator)["status"] == "dead"


def test_a_notice_that_nobody_acknowledges_in_time_is_overdue_once(regulator: Connected) -> None:
    regulator.callback.statuses = [500] * 8
    stop(regulator)

    regulator.wall.go_on(10)
    run_timers(regulator)
    assert decided(regulator) == ["stop"]
    regulator.wall.go_on(0.001)
    run_timers(regulator)
    run_timers(regulator)

    assert decided(regulator) == ["stop", "overdue ntc-1"]
    assert standing(regulator)["overdue_at"] is not None


def test_an_overdue_notice_is_noticed_though_nobody_asks(regulator: Connected) -> None:
    regulator.callback.statuses = [500] * 8
    stop(regulator)
    waits_s = regulator.office.courier.log.next_in_s(regulator.wall())
    assert waits_s is not None
    assert 10 < waits_s < 10.1

    async def start_late() -> None:
        regulator.wall.go_on(waits_s)
        regulator.office.start()

    regulator.runner.run(start_late())
    until(regulator, lambda: "overdue ntc-1" in decided(regulator))

    assert regulator.office.courier.log.next_in_s(regulator.wall()) is None


def test_a_notice_is_overdue_from_its_first_delivery_not_from_one_that_a_fault_took(
    regulator: Connected,
) -> None:
    regulator.callback.statuses = [500] * 7
    regulator.sandbox.faults.arm("notice_dropped", scope="notices", times=1)
    regulator.office.courier._backoff_s = 3600.0
    stop(regulator, settle=False)
    until(regulator, lambda: len(deliveries(regulator)) == 1)

    regulator.wall.go_on(3600)
    run_timers(regulator)

    assert decided(regulator) == ["stop"]


def test_what_was_acknowledged_in_time_is_never_overdue(regulator: Connected) -> None:
    stop(regulator)
    regulator.wall.go_on(60)

    run_timers(regulator)

    assert decided(regulator) == ["stop"]


def test_a_platform_that_polls_has_the_limit_from_the_issue_and_no_dead_letter(
    tmp_path: Path,
) -> None:
    with connected(tmp_path) as regulator:
        regulator.register()
        stop(regulator)
        regulator.wall.go_on(10.001)
        run_timers(regulator)

        assert standing(regulator)["status"] == "overdue"
        regulator.restart()
        run_timers(regulator)
        assert decided(regulator) == ["stop", "overdue ntc-1"]
        assert deliveries(regulator) == []
        refused = regulator.ask("POST", "/notices/ntc-1/redelivery")
        assert (refused.status_code, refused.json()["code"]) == (409, "callback_missing")


def test_nobody_reads_or_redelivers_what_was_told_to_another(regulator: Connected) -> None:
    asked = [
        regulator.ask("GET", "/notices/ntc-1/deliveries"),
        regulator.ask("POST", "/notices/ntc-1/redelivery"),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in asked] == [
        (404, "not_found")
    ] * 2


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


def verified(regulator: Connected, place: int) -> str:
    """What a platform finds when it checks the signature of what it got."""
    headers, _ = regulator.callback.got[place]
    key = regulator.sandbox.regulator_key.public_key()
    try:
        signature.verify(
            method="POST",
            path="/notices",
            query="",
            headers=headers,
            body=regulator.callback.bodies[place],
            key_of={"regulator": key}.get,
            now=regulator.wall(),
        )
    except signature.BadSignature as bad:
        return bad.code
    return "holds"


@pytest.mark.parametrize(
    ("fault", "parameters", "code"),
    [
        ("notice_stale", {}, "signature_stale"),
        ("notice_wrong_key", {}, "signature_invalid"),
        ("notice_altered", {}, "digest_mismatch"),
        ("notice_altered", {"with_digest": True}, "signature_invalid"),
    ],
)
def test_what_an_adversary_sends_does_not_verify_and_the_true_notice_follows(
    regulator: Connected, fault: str, parameters: dict[str, Any], code: str
) -> None:
    regulator.callback.statuses = [401]
    regulator.sandbox.faults.arm(fault, scope="notices", times=1, parameters=parameters)

    stop(regulator)

    assert [verified(regulator, place) for place in (1, 2)] == [code, "holds"]
    assert regulator.callback.got[2][1]["type"] == "export.stopped"
    log = regulator.ask("GET", "/notices/ntc-1/deliveries").json()["items"]
    assert [(one["status"], one["fault"], one["forged"]) for one in log] == [
        (401, "flt-1", True),
        (200, None, False),
    ]


def test_who_takes_a_forged_notice_has_acknowledged_nothing(regulator: Connected) -> None:
    regulator.sandbox.faults.arm("notice_altered", scope="notices", times=1)

    stop(regulator)

    assert regulator.callback.got[1][1]["type"] == "export.lifted"
    assert regulator.callback.got[2][1]["type"] == "export.stopped"
    assert deliveries(regulator) == [("ntc-1", 1, 200, "flt-1"), ("ntc-1", 2, 200, None)]
    assert standing(regulator)["status"] == "acknowledged"


def test_the_same_seed_makes_the_same_stranger(tmp_path: Path) -> None:
    def forged(folder: str) -> str:
        (tmp_path / folder).mkdir()
        with connected(tmp_path / folder) as regulator:
            regulator.register(callback_url=CALLBACK)
            regulator.settle()
            regulator.office.courier._backoff_s = 0.0
            regulator.sandbox.faults.arm("notice_wrong_key", scope="notices", times=1)
            stop(regulator)
            return regulator.callback.got[1][0]["signature"]

    assert forged("one") == forged("other")


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


@pytest.mark.parametrize(
    ("port", "code"),
    [(port, "body_invalid") for port in ("0", "65536", "99999", "-1")]
    + [("x", "callback_forbidden")],
)
def test_a_callback_must_have_a_port_that_there_can_be(
    tmp_path: Path, port: str, code: str
) -> None:
    with connected(tmp_path) as regulator:
        answer: Any = regulator.register(callback_url=f"http://127.0.0.1:{port}/")

    assert (answer.status_code, answer.json()["code"]) == (422, code)
