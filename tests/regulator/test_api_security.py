"""Who is not known is not heard, nothing counts twice, every refusal is a problem with a code."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.requests import Request
from starlette.types import Message

from simulator.journal.records import Body, Exchange
from simulator.journal.writer import StoreFailed
from simulator.regulator.api.declarations import REQUEST as DECLARATION
from tests.regulator.connected import HOST, Connected, connected


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as regulator:
        regulator.register()
        yield regulator


def last(regulator: Connected) -> Exchange:
    """The last request in the journal."""
    return [record for record in regulator.records() if isinstance(record, Exchange)][-1]


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal, which is a problem in every way."""
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"] == f"urn:reinspect:problem:{problem['code']}"
    return answer.status_code, problem["code"]


def test_an_unsigned_request_is_refused_and_kept_by_digest_only(regulator: Connected) -> None:
    body = b'{"purpose":"secret"}'
    answer = regulator.send(
        regulator.client.build_request("POST", f"{HOST}/demo/v1/declarations", content=body)
    )

    assert code_of(answer) == (401, "signature_missing")
    assert answer.headers["www-authenticate"] == 'Signature label="reinspect"'
    record = last(regulator)
    assert (record.platform, record.taken, record.refusal) == (None, False, "signature_missing")
    assert record.body == Body(hashlib.sha256(body).hexdigest(), len(body))


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"key_id": "key-0"}, "key_unknown"),
        ({"key": Ed25519PrivateKey.from_private_bytes(bytes(32))}, "signature_invalid"),
        ({"method": "PUT"}, "signature_invalid"),
        ({"url": f"{HOST}/demo/v1/lineage"}, "signature_invalid"),
        ({"url": f"{HOST}/demo/v1/declarations?a=1"}, "signature_invalid"),
        ({"body": b"{}"}, "digest_mismatch"),
        ({"body": b""}, "components_missing"),
        ({"headers": {}}, "components_missing"),
        ({"nonce": ""}, "signature_malformed"),
    ],
)
def test_a_request_that_differs_from_what_was_signed_is_refused(
    regulator: Connected, claims: dict[str, Any], code: str
) -> None:
    answer = regulator.ask("POST", "/declarations", DECLARATION, key="declare-1", claims=claims)

    assert code_of(answer) == (401, code)
    assert (last(regulator).platform, last(regulator).body.text) == (None, None)
    assert regulator.office.state.declarations == {}


@pytest.mark.parametrize("off_by_s", [-301.0, 301.0])
def test_a_stale_signature_is_refused(regulator: Connected, off_by_s: float) -> None:
    request = regulator.signed("GET", "/time")
    regulator.wall.go_on(off_by_s)

    assert code_of(regulator.send(request)) == (401, "signature_stale")


def test_a_nonce_counts_once(regulator: Connected) -> None:
    first = regulator.ask("GET", "/time", claims={"nonce": "once"})
    second = regulator.ask("GET", "/categories", claims={"nonce": "once"})

    assert first.status_code == 200
    assert code_of(second) == (401, "nonce_replayed")


def test_a_nonce_of_a_message_that_was_refused_is_spent(regulator: Connected) -> None:
    request = regulator.signed("GET", "/declarations/dcl-9")

    assert code_of(regulator.send(request)) == (404, "not_found")
    assert code_of(regulator.send(request)) == (401, "nonce_replayed")


def test_the_same_key_and_body_get_the_former_answer(regulator: Connected) -> None:
    first = regulator.declare()
    second = regulator.declare()

    assert (second.status_code, second.content) == (201, first.content)
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["location"] == first.headers["location"]
    assert list(regulator.office.state.declarations) == ["dcl-1"]
    assert (last(regulator).replayed, last(regulator).taken) == (True, False)


def test_the_same_key_with_another_body_or_path_is_a_conflict(regulator: Connected) -> None:
    regulator.declare()

    other_body = regulator.declare(purpose="another purpose")
    other_path = regulator.ask("POST", "/lineage", DECLARATION, key="declare-1")

    assert code_of(other_body) == (422, "idempotency_conflict")
    assert code_of(other_path) == (422, "idempotency_conflict")


def test_a_refused_message_may_be_mended_under_the_same_key(regulator: Connected) -> None:
    refused = regulator.declare(country="Singapore")
    mended = regulator.declare()

    assert code_of(refused) == (422, "body_invalid")
    assert (mended.status_code, mended.json()["id"]) == (201, "dcl-1")


@pytest.mark.parametrize(
    ("key", "refused"),
    [
        (None, (400, "idempotency_key_missing")),
        ("", (400, "idempotency_key_missing")),
        ("x" * 201, (400, "idempotency_key_invalid")),
        ("two words", (400, "idempotency_key_invalid")),
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        "/declarations",
        "/transmissions",
        "/transmissions/trm-1/closing",
        "/lineage",
        "/cases/cas-1/reinspection",
    ],
)
def test_what_must_not_happen_twice_needs_an_idempotency_key(
    regulator: Connected, path: str, key: str | None, refused: tuple[int, str]
) -> None:
    assert code_of(regulator.ask("POST", path, {}, key=key)) == refused


def test_a_passcode_is_good_for_one_registration(regulator: Connected) -> None:
    assert code_of(regulator.register(name="Another Pay")) == (409, "passcode_used")
    assert code_of(regulator.register(passcode="guess")) == (403, "passcode_wrong")
    assert last(regulator).body.text is None


def test_a_registration_whose_answer_was_lost_can_be_asked_for_again(regulator: Connected) -> None:
    again = regulator.register()

    assert (again.status_code, again.json()["id"]) == (201, "reg-1")
    assert last(regulator).events == ()


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "http://example.com/notices",
        "http://127.0.0.1.example.com/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://[::ffff:127.0.0.1]@example.com/",
        "http://127.0.0.1@example.com/",
        "http://127.0.0.1%2eexample.com/",
        "http://127.0.0.1\\@example.com/",
        "http://localhost.example.com/",
        "http://localhost./",
        "http://[::ffff:169.254.169.254]/",
        "http://[::]/",
        "http://0.0.0.0/",
        "http://[::ffff:10.0.0.1]/",
        "file:///etc/passwd",
        "http://",
        "http://[",
        "http://127.0.0.1/%zz",
        "notices",
    ],
)
def test_a_callback_on_another_host_is_refused(tmp_path: Path, url: str) -> None:
    with connected(tmp_path) as regulator:
        answer = regulator.register(callback_url=url)

    assert code_of(answer) == (422, "callback_forbidden")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/callback_url"]


def test_everything_wrong_with_a_registration_is_named_at_once(tmp_path: Path) -> None:
    with connected(tmp_path) as regulator:
        answer = regulator.register(uscc="9" * 18, callback_url="http://example.com/")

    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert (answer.status_code, pointers) == (422, ["/uscc", "/callback_url"])


def test_a_callback_on_this_host_is_taken(tmp_path: Path) -> None:
    for place, url in enumerate(
        ["http://localhost:1/n", "http://127.9.9.9/n", "https://[::1]:8443/n"]
    ):
        folder = tmp_path / str(place)
        folder.mkdir()
        with connected(folder) as regulator:
            assert regulator.register(callback_url=url).status_code == 201


def test_another_platforms_things_are_not_there(regulator: Connected) -> None:
    for path in (
        "/declarations/dcl-1",
        "/authorizations/aut-1",
        "/transmissions/trm-1",
        "/cases/cas-1",
        f"/lineage/{'0' * 64}",
    ):
        assert code_of(regulator.ask("GET", path)) == (404, "not_found")


def test_a_former_signature_does_not_open_another_sandbox(regulator: Connected) -> None:
    request = regulator.client.build_request("GET", f"{HOST}/other/v1/time")

    assert code_of(regulator.send(request)) == (404, "sandbox_unknown")


@pytest.mark.parametrize(
    ("name", "parameters", "status"),
    [("error_status", {"status": 503}, 503), ("rate_limited", {"retry_after_s": 2}, 429)],
)
def test_a_fault_before_hearing_leaves_the_message_undone_and_its_nonce_unspent(
    regulator: Connected, name: str, parameters: dict[str, Any], status: int
) -> None:
    regulator.sandbox.faults.arm(name, scope="regulator", times=1, parameters=parameters)
    request = regulator.signed(
        "POST", "/declarations", json.dumps(DECLARATION).encode(), {"idempotency-key": "declare-1"}
    )

    struck = regulator.send(request)
    record = last(regulator)
    again = regulator.send(request)

    assert struck.status_code == status
    assert (record.status, record.taken, record.fault, record.platform) == (
        status,
        False,
        "flt-1",
        "reg-1",
    )
    assert again.status_code == 201


@pytest.mark.parametrize("name", ["blackhole", "unreachable", "error_status"])
def test_a_fault_is_over_though_its_sender_left_before_the_message_was_whole(
    regulator: Connected, name: str
) -> None:
    regulator.sandbox.faults.arm(name, scope="regulator", times=1)
    arriving: list[Message] = [
        {"type": "http.request", "body": b'{"purpo', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return arriving.pop(0)

    request = Request(
        {"type": "http", "method": "POST", "path": "/demo/v1/feed", "headers": []}, receive
    )
    answer = regulator.runner.run(regulator.office.receive(request, None))

    assert answer.status_code == 400
    assert list(regulator.sandbox.faults) == []
    assert regulator.ask("GET", "/time").status_code == 200


def test_a_lost_answer_is_given_again_under_the_same_key(regulator: Connected) -> None:
    regulator.sandbox.faults.arm("answer_lost", scope="regulator", times=1)

    with pytest.raises(ConnectionResetError):
        regulator.declare()
    record = last(regulator)
    again = regulator.declare()

    assert (record.status, record.taken, record.fault) == (0, True, "flt-1")
    assert (again.status_code, again.json()["id"]) == (201, "dcl-1")
    assert again.headers["idempotency-replayed"] == "true"


def test_nothing_is_acknowledged_that_the_journal_could_not_keep(
    regulator: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(entry: Any) -> None:
        raise StoreFailed("the disk is full")

    monkeypatch.setattr(regulator.sandbox, "durable", fail)

    assert code_of(regulator.declare()) == (503, "journal_unavailable")


def test_a_mistake_of_ours_is_said_and_recorded_as_ours(
    regulator: Connected, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("simulator.regulator.views.declaration", fail)

    assert code_of(regulator.declare()) == (500, "internal_error")
    record = last(regulator)
    assert (record.taken, [event.event for event in record.events]) == (
        False,
        ["declaration_received", "declaration_accepted", "authorization_granted"],
    )
    assert "declare failed" in caplog.text
