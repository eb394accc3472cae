"""A platform registers, declares, announces, feeds, closes, traces; every step is evidence."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.journal.records import Decided, Delivery, Exchange
from simulator.messages.notice import Notice
from simulator.messages.signature import verify
from simulator.regulator.api.declarations import REQUEST as DECLARATION
from simulator.regulator.api.transmissions import REQUEST as ANNOUNCEMENT
from simulator.regulator.lifecycle import order, policy
from tests.regulator.connected import KEY_ID, REGISTRATION, Connected, connected

PAYLOAD = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
CALLBACK = "http://127.0.0.1:9000/notices"


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as regulator:
        yield regulator


def event(sequence: int, type: str = "progressed", **data: Any) -> dict[str, Any]:
    """One line of the feed of the first transmission."""
    return {
        "specversion": "1.0",
        "id": f"trm-1/{sequence}",
        "source": "example-pay",
        "type": f"transmission.{type}",
        "subject": "trm-1",
        "time": "2023-06-01T08:00:01Z",
        "sequence": sequence,
        "data": {
            "records": 1,
            "bytes": 412,
            "payload": PAYLOAD,
            "categories": ["M01", "M02", "M03"],
            "recipient": "acquirer-sg",
            "country": "SG",
        }
        | data,
    }


def test_a_payment_is_declared_announced_fed_closed_and_traced(regulator: Connected) -> None:
    registered = regulator.register()
    assert (registered.status_code, registered.json()["status"]) == (201, "active")
    assert registered.json()["key_id"] == KEY_ID
    assert registered.headers["location"] == "/demo/v1/registrations/self"

    declared = regulator.declare()
    assert (declared.status_code, declared.json()["status"]) == (201, "accepted")
    assert declared.headers["location"] == "/demo/v1/declarations/dcl-1"

    announced = regulator.ask("POST", "/transmissions", ANNOUNCEMENT, key="announce-1")
    assert (announced.status_code, announced.json()["status"]) == (201, "accepted")

    started = event(1, "started", records=0, bytes=0, payload=None)
    fed = regulator.ask("POST", "/feed", [started, event(2), event(3, "ended", payload=None)])
    assert (fed.status_code, fed.json()) == (200, {"accepted": 3, "refused": [], "alerts": []})

    totals = {"outcome": "completed", "records": 1, "bytes": 412, "payloads": [PAYLOAD]}
    closed = regulator.ask("POST", "/transmissions/trm-1/closing", totals, key="close-1")
    assert (closed.status_code, closed.json()["status"]) == (200, "closed")

    entry = {
        "payload": PAYLOAD,
        "source": "pay-1",
        "rule_version": "desensitise-1",
        "transmission": "trm-1",
        "recipient": "acquirer-sg",
        "country": "SG",
        "categories": ["M01", "M02", "M03"],
        "sent_at": "2023-06-01T08:00:01Z",
    }
    recorded = regulator.ask("POST", "/lineage", {"items": [entry]}, key="lineage-1")
    assert (recorded.status_code, recorded.json()) == (200, {"recorded": 1})
    assert regulator.ask("GET", f"/lineage/{PAYLOAD}").json() == {
        "items": [entry],
        "next_cursor": None,
    }
    assert regulator.ask("GET", "/alerts").json() == {"items": [], "next_cursor": None}
    assert [
        (record.operation, record.platform, record.status, record.taken, record.refusal)
        for record in regulator.records()
        if isinstance(record, Exchange)
    ] == [
        ("register", None, 201, True, None),
        ("declare", "reg-1", 201, True, None),
        ("announce", "reg-1", 201, True, None),
        ("feed", "reg-1", 200, True, None),
        ("close", "reg-1", 200, True, None),
        ("record_lineage", "reg-1", 200, True, None),
        ("read_lineage", "reg-1", 200, True, None),
        ("list_alerts", "reg-1", 200, True, None),
    ]


def test_what_was_created_can_be_read_and_listed_in_pages(regulator: Connected) -> None:
    regulator.register()
    first = regulator.declare().json()
    second = regulator.ask(
        "POST", "/declarations", DECLARATION | {"recipient": "acquirer-th"}, key="declare-2"
    ).json()

    assert regulator.ask("GET", "/declarations/dcl-2").json() == second
    page = regulator.ask("GET", "/declarations?limit=1").json()
    cursor = page["next_cursor"]
    assert page == {"items": [first], "next_cursor": cursor}
    assert regulator.ask("GET", f"/declarations?limit=1&cursor={cursor}").json() == {
        "items": [second],
        "next_cursor": None,
    }
    authorizations = regulator.ask("GET", "/authorizations").json()["items"]
    assert [held["id"] for held in authorizations] == ["aut-1", "aut-2"]
    assert regulator.ask("GET", "/authorizations/aut-1").json() == authorizations[0]


def test_a_feed_line_that_is_wrong_costs_the_others_nothing(regulator: Connected) -> None:
    regulator.register()
    regulator.declare()
    regulator.ask("POST", "/transmissions", ANNOUNCEMENT, key="announce-1")
    wrong = event(2) | {"sequence": "two", "surprise": 1}

    fed = regulator.ask("POST", "/feed", [event(1), wrong, event(1), 7])

    assert fed.json()["accepted"] == 1
    assert [(line["line"], line["code"]) for line in fed.json()["refused"]] == [
        (2, "body_invalid"),
        (3, "sequence_duplicate"),
        (4, "body_invalid"),
    ]
    assert fed.json()["refused"][0]["detail"] == (
        "/sequence must be a valid integer, but was 'two'; "
        "/surprise must be absent: the message has no such field, but was 1"
    )


def test_ndjson_is_read_line_by_line(regulator: Connected) -> None:
    regulator.register()
    regulator.declare()
    regulator.ask("POST", "/transmissions", ANNOUNCEMENT, key="announce-1")
    body = f"{json.dumps(event(1))}\n\nnot json\n\xff\n{json.dumps(event(2))}\n".encode("latin-1")

    fed = regulator.send(
        regulator.signed("POST", "/feed", body, {"content-type": "application/x-ndjson"})
    )

    assert fed.json()["accepted"] == 2
    assert [(line["line"], line["code"]) for line in fed.json()["refused"]] == [
        (3, "json_malformed"),
        (4, "json_malformed"),
    ]


def test_the_law_and_the_time_can_be_read(regulator: Connected) -> None:
    regulator.register()

    assert regulator.ask("GET", "/rule-packs/r2022").json()["in_force_from"] == "2022-09-01"
    assert regulator.ask("GET", "/rule-packs/r1").status_code == 404
    assert len(regulator.ask("GET", "/categories").json()["items"]) >= 15
    assert regulator.ask("GET", "/time").json() == {
        "wall": "2026-03-02T09:30:00Z",
        "sandbox": "2023-06-01T00:00:00Z",
        "rate": 1.0,
    }


def test_a_callback_must_answer_its_challenge_before_its_platform_acts(
    regulator: Connected,
) -> None:
    regulator.callback.answers_challenge = False
    regulator.office.courier._backoff_s = 0.0
    registered = regulator.register(callback_url=CALLBACK)
    assert registered.json()["status"] == "challenged"

    regulator.settle()
    refused = regulator.declare()

    assert (refused.status_code, refused.json()["code"]) == (403, "callback_unconfirmed")
    deliveries = [record for record in regulator.records() if isinstance(record, Delivery)]
    assert [(record.attempt, record.status, record.error) for record in deliveries] == [
        (attempt, 200, "the answer is not the challenge sent back") for attempt in range(1, 9)
    ]


def test_a_notice_is_signed_retried_and_acknowledged_by_the_callback(regulator: Connected) -> None:
    regulator.office.courier._backoff_s = 0.0
    regulator.register(callback_url=CALLBACK)
    regulator.settle()
    assert regulator.ask("GET", "/registrations/self").json()["status"] == "active"
    regulator.callback.statuses = [500, 302]

    regulator.runner.run(stop(regulator))
    regulator.settle()

    headers, notice = regulator.callback.got[-1]
    assert notice == {
        "specversion": "1.0",
        "id": "ntc-1",
        "source": "/demo/v1",
        "type": "export.stopped",
        "subject": "reg-1",
        "time": "2023-06-01T00:00:00Z",
        "sequence": 1,
        "data": {"authorization": None},
    }
    body = Notice.model_validate(notice).model_dump_json().encode()
    signed = verify(
        method="POST",
        path="/notices",
        query="",
        headers=headers,
        body=body,
        key_of={"regulator": regulator.sandbox.regulator_key.public_key()}.get,
        now=regulator.wall(),
    )
    assert signed.nonce.startswith("ntc-1-3-")
    deliveries = [record for record in regulator.records() if isinstance(record, Delivery)]
    assert [(record.notice, record.attempt, record.status) for record in deliveries] == [
        ("challenge:reg-1", 1, 200),
        ("ntc-1", 1, 500),
        ("ntc-1", 2, 302),
        ("ntc-1", 3, 200),
    ]
    assert regulator.office.state.unacknowledged == {}


def test_a_notice_can_be_polled_and_acknowledged_twice(regulator: Connected) -> None:
    regulator.register()
    regulator.runner.run(stop(regulator))

    polled = regulator.ask("GET", "/notices?after=0").json()
    first = regulator.ask("POST", "/notices/ntc-1/acknowledgement")
    second = regulator.ask("POST", "/notices/ntc-1/acknowledgement")

    assert [notice["id"] for notice in polled["items"]] == ["ntc-1"]
    assert regulator.ask("GET", "/notices?after=1").json() == {"items": [], "next_cursor": None}
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()


def test_a_restart_remembers_answers_nonces_and_pending_notices(regulator: Connected) -> None:
    regulator.register()
    declared = regulator.declare()
    replayed_request = regulator.signed("GET", "/declarations")
    listed = regulator.send(replayed_request)
    regulator.runner.run(stop(regulator))
    before = regulator.office.state

    regulator.restart()

    assert regulator.office.state == before
    assert regulator.send(replayed_request).json()["code"] == "nonce_replayed"
    again = regulator.declare()
    assert (again.status_code, again.json()) == (201, declared.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert regulator.ask("GET", "/declarations").json() == listed.json()


def test_a_registration_under_a_key_is_answered_once(regulator: Connected) -> None:
    def register(key: str, **changes: Any) -> httpx.Response:
        body = REGISTRATION | changes
        headers = {"idempotency-key": key}
        asked = regulator.client.post("/demo/v1/registrations", json=body, headers=headers)
        return regulator.runner.run(asked)

    refused = register("mine", passcode="wrong")
    first = register("mine")
    regulator.ask("PUT", "/registrations/self/callback", {"callback_url": None})
    again = register("mine")
    other = register("mine", name="Another Pay")
    bad = register("no spaces")

    assert (refused.status_code, first.status_code) == (403, 201)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_conflict")
    assert (bad.status_code, bad.json()["code"]) == (400, "idempotency_key_invalid")
    assert len(regulator.office.state.registrations) == 1


def test_a_decision_that_was_put_off_is_taken_when_its_time_has_come(regulator: Connected) -> None:
    regulator.register()
    changed = policy.change(
        declarations="after",
        transmissions="immediate",
        reinspections="immediate",
        after_s=60.0,
        now=regulator.sandbox.clock.now(),
    )
    regulator.runner.run(regulator.office.decide("tester", "policy", changed))
    assert regulator.declare().json()["status"] == "received"

    regulator.wall.go_on(59)
    assert regulator.runner.run(regulator.office.run_timers()) == ()
    regulator.wall.go_on(1)
    happened = regulator.runner.run(regulator.office.run_timers())

    assert [event.event for event in happened[0].events] == [
        "declaration_accepted",
        "authorization_granted",
        "notice_issued",
    ]
    assert regulator.ask("GET", "/declarations/dcl-1").json()["status"] == "accepted"
    assert [record.by for record in regulator.records() if isinstance(record, Decided)] == [
        "tester",
        "timer",
    ]


async def stop(regulator: Connected) -> None:
    """The regulator stops every export of the platform."""
    events = order.stop(
        regulator.office.state, "reg-1", None, "a test", regulator.sandbox.clock.now()
    )
    assert isinstance(events, tuple)
    await regulator.office.decide("tester", "stop", events)
