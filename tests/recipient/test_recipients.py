"""Whatever arrives is kept byte for byte, and answered as a tester set it."""

import asyncio
import base64
import hashlib
from collections.abc import Callable

import pytest

from simulator.journal.records import Arrival, Body, Staged
from simulator.journal.sqlite import SqliteStore
from simulator.recipient.app import Recipients
from simulator.recipient.replies import REPLY_SET, Reply
from simulator.sandbox import Sandbox

from .conftest import NOW, Call

Arrivals = Callable[[], list[Arrival]]


def sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def test_any_method_path_and_text_is_kept_as_it_came(call: Call, arrivals: Arrivals) -> None:
    answer = call(
        "PATCH",
        "/sb/recipients/acquirer-sg/a%20b/%2Fc/?q=%E5%8D%81&q=2",
        content="金额=12".encode(),
        headers={"X-Twice": "1", "idempotency-key": "k-1"},
    )

    assert (answer.status_code, answer.json()) == (202, {"status": "received"})
    [arrival] = arrivals()
    assert arrival == Arrival(
        recipient="acquirer-sg",
        method="PATCH",
        path="/a%20b/%2Fc/",
        query="q=%E5%8D%81&q=2",
        headers=arrival.headers,
        body=Body(sha256("金额=12".encode()), 9, text="金额=12"),
        received_at=NOW,
        status=202,
        fault=None,
    )
    assert (arrival.headers["x-twice"], arrival.headers["idempotency-key"]) == ("1", "k-1")


def test_bytes_that_are_no_text_are_kept_too(call: Call, arrivals: Arrivals) -> None:
    raw = bytes(range(256))

    call("POST", "/sb/recipients/acquirer-sg", content=raw)

    [arrival] = arrivals()
    assert arrival.path == "/"
    assert arrival.body == Body(sha256(raw), 256, base64=base64.b64encode(raw).decode())


def test_a_body_beyond_the_limit_is_refused_and_kept_by_its_digest(
    call: Call, arrivals: Arrivals
) -> None:
    raw = b"x" * (32 * 1024 * 1024 + 1)

    answer = call("POST", "/sb/recipients/acquirer-sg/settlements", content=raw)

    assert answer.status_code == 413
    [arrival] = arrivals()
    assert (arrival.status, arrival.body) == (413, Body(sha256(raw), len(raw)))


def sent(sandbox: Sandbox, *messages: dict[str, object]) -> None:
    """A request to the recipient, message by message."""
    coming = iter(messages)

    async def receive() -> dict[str, object]:
        return next(coming)

    scope = {"method": "POST", "query_string": b"", "headers": []}
    asyncio.run(Recipients(sandbox).take("acquirer-sg", "/x", scope, receive))


def test_a_payload_that_breaks_off_is_kept_as_far_as_it_came(
    sandbox: Sandbox, arrivals: Arrivals
) -> None:
    half = {"type": "http.request", "body": b"half a ", "more_body": True}

    sent(sandbox, half, {"type": "http.disconnect"})

    [arrival] = arrivals()
    assert arrival.status == 0
    assert arrival.body == Body(sha256(b"half a "), 7, text="half a ")


def test_a_payload_that_never_began_did_not_arrive(sandbox: Sandbox, arrivals: Arrivals) -> None:
    sent(sandbox, {"type": "http.disconnect"})

    assert arrivals() == []


def test_a_set_reply_is_given_and_survives_a_restart(
    call: Call, sandbox: Sandbox, store: SqliteStore
) -> None:
    facts = {
        "recipient": "acquirer-th",
        "status": 500,
        "body": "<no/>",
        "content_type": "text/xml",
        "token_path": None,
    }
    asyncio.run(sandbox.write(Staged(mark=REPLY_SET, facts=facts)))

    set_one = call("POST", "/sb/recipients/acquirer-th/x")
    other = call("POST", "/sb/recipients/acquirer-sg/x")

    assert (set_one.status_code, set_one.text) == (500, "<no/>")
    assert set_one.headers["content-type"] == "text/xml; charset=utf-8"
    assert other.status_code == 202
    again = Recipients(Sandbox.recover(store, "sb"))
    assert again.replies.of("acquirer-th") == Reply(500, "<no/>", "text/xml", None)


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_none(call: Call, sandbox: Sandbox, status: int) -> None:
    asyncio.run(
        sandbox.write(Staged(mark=REPLY_SET, facts={"recipient": "acquirer-sg", "status": status}))
    )

    answer = call("POST", "/sb/recipients/acquirer-sg/x", content=b"1")

    assert (answer.status_code, answer.content) == (status, b"")


def test_the_token_path_grants_a_token_of_its_own_to_every_asker(
    call: Call, arrivals: Arrivals
) -> None:
    path = "/sb/recipients/acquirer-sg/oauth/token"
    grants = [call("POST", path, data={"grant_type": "client_credentials"}) for _ in range(2)]
    wrong = call("POST", path, data={"grant_type": "password"})

    first, second = (grant.json() for grant in grants)
    assert [grant.status_code for grant in grants] == [200, 200]
    assert (first["token_type"], first["expires_in"]) == ("Bearer", 3600)
    assert first["access_token"] != second["access_token"]
    assert (wrong.status_code, wrong.json()) == (400, {"error": "unsupported_grant_type"})
    assert [arrival.status for arrival in arrivals()] == [200, 200, 400]


def test_a_struck_payload_is_kept_with_the_fault_and_what_its_sender_saw(
    call: Call, sandbox: Sandbox, arrivals: Arrivals
) -> None:
    def arm(name: str) -> None:
        sandbox.faults.arm(name, scope="recipient", operations=("acquirer-sg",), times=1)

    arm("error_status")
    refused = call("POST", "/sb/recipients/acquirer-sg/x", content=b"one")
    arm("answer_lost")
    with pytest.raises(ConnectionResetError):
        call("POST", "/sb/recipients/acquirer-sg/x", content=b"two")
    arm("latency")
    late = call("POST", "/sb/recipients/acquirer-sg/x", content=b"three")
    spared = call("POST", "/sb/recipients/acquirer-th/x", content=b"four")

    assert [refused.status_code, late.status_code, spared.status_code] == [503, 202, 202]
    assert [(arrival.body.text, arrival.status, arrival.fault) for arrival in arrivals()] == [
        ("one", 503, "flt-1"),
        ("two", 0, "flt-2"),
        ("three", 202, "flt-3"),
        ("four", 202, None),
    ]


def test_nobody_is_reached_in_a_sandbox_that_does_not_exist(call: Call, arrivals: Arrivals) -> None:
    assert call("POST", "/nowhere/recipients/acquirer-sg/x").status_code == 404
    assert call("POST", "/sb/recipients/").status_code == 404
    assert arrivals() == []
