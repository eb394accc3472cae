"""Entity tags, requests that depend on them, keys that make a message one, and stable pages."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.journal.records import Exchange
from simulator.regulator.api import operation_of, operations
from simulator.regulator.api.cases import MATERIAL
from simulator.regulator.api.declarations import REQUEST as DECLARATION
from simulator.regulator.api.transmissions import CLOSING
from simulator.regulator.api.transmissions import REQUEST as ANNOUNCEMENT
from simulator.regulator.lifecycle import case
from tests.regulator.connected import Connected, connected


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as regulator:
        regulator.register()
        regulator.declare()
        yield regulator


def ask(
    regulator: Connected, method: str, path: str, message: Any = None, **headers: str
) -> httpx.Response:
    """One signed request with headers of its own, `if_match` for `If-Match`."""
    body = b"" if message is None else json.dumps(message).encode()
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return regulator.send(regulator.signed(method, path, body, sent))


def announce(regulator: Connected) -> httpx.Response:
    return ask(regulator, "POST", "/transmissions", ANNOUNCEMENT, idempotency_key="announce-1")


def close(regulator: Connected, key: str, **headers: str) -> httpx.Response:
    message = CLOSING | {"outcome": "aborted", "records": 0, "bytes": 0, "payloads": []}
    path = "/transmissions/trm-1/closing"
    return ask(regulator, "POST", path, message, idempotency_key=key, **headers)


def inspected(regulator: Connected) -> None:
    """An inspection has opened the case cas-1."""
    state, now = regulator.office.state, regulator.sandbox.clock.now()
    opened = case.inspect(state, "reg-1", "a test", now)
    assert isinstance(opened, tuple)
    regulator.runner.run(regulator.office.decide("tester", "inspect", opened))


def test_the_tag_of_what_was_created_is_the_tag_of_what_is_read(regulator: Connected) -> None:
    created = announce(regulator)
    read = ask(regulator, "GET", "/transmissions/trm-1")
    regulator.restart()
    recovered = ask(regulator, "GET", "/transmissions/trm-1")

    assert created.headers["etag"].startswith('"')
    tags = {answer.headers["etag"] for answer in (created, read, recovered)}
    assert len(tags) == 1


def test_a_tag_changes_with_what_it_stands_for(regulator: Connected) -> None:
    announce(regulator)
    paths = ("/transmissions/trm-1", "/transmissions", "/authorizations/aut-1", "/declarations")
    before = [ask(regulator, "GET", path).headers["etag"] for path in paths]
    close(regulator, "close-1")
    after = [ask(regulator, "GET", path).headers["etag"] for path in paths]

    assert [one == other for one, other in zip(before, after, strict=True)] == [
        False,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("listed", ["{tag}", "W/{tag}", '"other", {tag}', "*"])
def test_what_the_sender_has_already_is_not_sent_again(regulator: Connected, listed: str) -> None:
    tag = ask(regulator, "GET", "/declarations").headers["etag"]

    answer = ask(regulator, "GET", "/declarations", if_none_match=listed.format(tag=tag))

    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert "content-type" not in answer.headers
    record = regulator.records()[-1]
    assert isinstance(record, Exchange)
    assert (record.status, record.answer, record.platform) == (304, None, "reg-1")


def test_what_the_sender_does_not_have_is_sent(regulator: Connected) -> None:
    answer = ask(regulator, "GET", "/declarations", if_none_match='"other"')

    assert (answer.status_code, len(answer.json()["items"])) == (200, 1)


def test_a_condition_needs_a_signature_like_any_request(regulator: Connected) -> None:
    request = regulator.client.build_request(
        "GET", "/demo/v1/declarations", headers={"if-none-match": "*"}
    )

    assert regulator.send(request).status_code == 401


def test_a_clock_has_no_tag(regulator: Connected) -> None:
    answer = ask(regulator, "GET", "/time", if_none_match="*")

    assert (answer.status_code, "etag" in answer.headers) == (200, False)


def test_a_change_to_what_was_read_is_made(regulator: Connected) -> None:
    tag = announce(regulator).headers["etag"]

    closed = close(regulator, "close-1", if_match=tag)

    assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    read = ask(regulator, "GET", "/transmissions/trm-1")
    assert closed.headers["etag"] == read.headers["etag"] != tag


@pytest.mark.parametrize("listed", ['"other"', "W/{tag}", "", "gibberish"])
def test_a_change_to_something_else_is_refused_with_the_current_tag(
    regulator: Connected, listed: str
) -> None:
    tag = announce(regulator).headers["etag"]

    answer = close(regulator, "close-1", if_match=listed.format(tag=tag))

    assert (answer.status_code, answer.headers["etag"]) == (412, tag)
    error = answer.json()["errors"][0]
    assert (answer.json()["code"], error["pointer"]) == ("precondition_failed", "header:if-match")
    assert (error["value"], tag in error["expected"]) == (listed.format(tag=tag), True)
    assert ask(regulator, "GET", "/transmissions/trm-1").json()["status"] == "accepted"
    assert close(regulator, "close-1", if_match="*").status_code == 200


def test_two_that_hand_in_from_one_reading_do_not_overwrite_each_other(
    regulator: Connected,
) -> None:
    inspected(regulator)
    tag = ask(regulator, "GET", "/cases/cas-1").headers["etag"]

    first = ask(regulator, "PUT", "/cases/cas-1/materials/1", MATERIAL, if_match=tag)
    second = ask(regulator, "PUT", "/cases/cas-1/materials/2", MATERIAL, if_match=tag)

    assert (first.status_code, second.status_code) == (200, 412)
    assert second.headers["etag"] == first.headers["etag"]


def test_a_condition_on_what_is_not_there_tells_that_it_is_not_there(
    regulator: Connected,
) -> None:
    answer = close(regulator, "close-9", if_match='"any"')

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "operation", [one for one in operations() if one.changes], ids=lambda one: one.id
)
def test_a_change_answers_with_what_its_reading_answers(operation: Any) -> None:
    reading = operation_of(operation.changes)

    assert (reading.method, reading.answers) == ("GET", operation.answers)
    assert reading.has_tag


def test_the_same_message_again_gets_the_same_bytes_even_after_a_restart(
    regulator: Connected,
) -> None:
    first = announce(regulator)
    again = announce(regulator)
    close(regulator, "close-1")
    regulator.restart()
    later = announce(regulator)

    assert first.status_code == again.status_code == later.status_code == 201
    assert first.content == again.content == later.content
    kept = ("location", "etag", "content-type")
    assert [first.headers[name] for name in kept] == [later.headers[name] for name in kept]
    assert "idempotency-replayed" not in first.headers
    assert later.headers["idempotency-replayed"] == "true"


def test_twins_on_the_way_at_once_have_one_effect(regulator: Connected) -> None:
    body = json.dumps(ANNOUNCEMENT).encode()
    twins = [
        regulator.signed("POST", "/transmissions", body, {"idempotency-key": "announce-1"})
        for _ in range(8)
    ]

    async def together() -> list[httpx.Response]:
        return await asyncio.gather(*map(regulator.client.send, twins))

    answers = regulator.runner.run(together())

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (201, answers[0].content)
    }
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 7
    assert list(regulator.office.state.transmissions) == ["trm-1"]


def test_a_page_stays_the_same_while_more_is_added(regulator: Connected) -> None:
    for number in (2, 3):
        ask(regulator, "POST", "/declarations", DECLARATION, idempotency_key=f"declare-{number}")
    cursor = ask(regulator, "GET", "/declarations?limit=2").json()["next_cursor"]
    ask(regulator, "POST", "/declarations", DECLARATION, idempotency_key="declare-4")

    rest = ask(regulator, "GET", f"/declarations?limit=2&cursor={cursor}").json()

    assert [item["id"] for item in rest["items"]] == ["dcl-3", "dcl-4"]
    assert rest["next_cursor"] is None


def test_a_cursor_is_good_for_its_own_list_alone(regulator: Connected) -> None:
    ask(regulator, "POST", "/declarations", DECLARATION, idempotency_key="declare-2")
    cursor = ask(regulator, "GET", "/declarations?limit=1").json()["next_cursor"]

    answer = ask(regulator, "GET", f"/authorizations?cursor={cursor}")

    assert (answer.status_code, answer.json()["code"]) == (422, "query_invalid")


def test_the_lineage_of_a_payload_is_read_in_pages(regulator: Connected) -> None:
    announce(regulator)
    entry = operation_of("record_lineage").body.content["application/json"]["example"]["items"][0]  # type: ignore[union-attr]
    items = [entry | {"source": f"pay-{number}"} for number in range(3)]
    ask(regulator, "POST", "/lineage", {"items": items}, idempotency_key="lineage-1")

    path = f"/lineage/{entry['payload']}?limit=2"
    first = ask(regulator, "GET", path).json()
    second = ask(regulator, "GET", f"{path}&cursor={first['next_cursor']}").json()

    assert [item["source"] for item in first["items"]] == ["pay-0", "pay-1"]
    assert [item["source"] for item in second["items"]] == ["pay-2"]
    assert second["next_cursor"] is None
