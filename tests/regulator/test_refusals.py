"""A refused message keeps its place in the journal and changes no state, whatever it was for."""

import ast
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from simulator.journal.records import Exchange
from simulator.messages.problem import Problem
from simulator.messages.signature import nonce_of
from simulator.regulator.api import Operation, operations
from simulator.regulator.published.problems import POINTED_AT, example
from simulator.regulator.rates import RATE
from simulator.regulator.refusal import CODES, POINTED, Refusal, refuse_plainly
from tests.house.test_imports import ROOT
from tests.regulator.connected import KEY_ID, Connected, connected

OPERATIONS = {operation.id: operation for operation in operations()}


@pytest.fixture(scope="module")
def regulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connected]:
    """With a platform that has declared, so that there is a state to change."""
    folder: Path = tmp_path_factory.mktemp("state")
    with connected(folder) as running:
        assert running.register().status_code == 201
        assert running.declare().status_code == 201
        yield running


def wrong_requests(
    regulator: Connected, operation: Operation
) -> Iterator[tuple[str, httpx.Request]]:
    """Every way of being wrong that this operation has; the body is lawful where it is not the
    fault."""
    path = re.sub(r"\{\w+\}", "1", operation.path)
    method, key = operation.method, {"idempotency-key": f"refused-{operation.id}"}
    headers = key if operation.idempotency != "none" else {}
    signed = operation.is_signed

    def request(path: str = path, body: bytes = b"", **more: str) -> httpx.Request:
        if signed:
            return regulator.signed(method, path, body, headers | more)
        media_type = {"content-type": "application/json"} if body else {}
        return regulator.client.build_request(
            method, f"/demo/v1{path}", content=body, headers=media_type | headers | more
        )

    yield "query", request(f"{path}?nonsense=1")
    yield "method", regulator.signed("PATCH", path)
    yield "path", regulator.signed(method, f"{path}/nonsense")
    if signed:
        yield "unsigned", regulator.client.build_request(method, f"/demo/v1{path}")
        yield (
            "signature",
            regulator.signed(method, path, claims={"url": "http://127.0.0.1/another"}),
        )
    if operation.body is not None:
        yield "media type", request(body=b"{}", **{"content-type": "text/csv"})
        yield "json", request(body=b"{")
        yield "body", request(body=b'{"nonsense": 1}')
    if operation.idempotency == "required":
        yield "key missing", regulator.signed(method, path, b"{}")
        yield "key", regulator.signed(method, path, b"{}", {"idempotency-key": "no spaces"})


@pytest.mark.parametrize("id", OPERATIONS)
def test_every_refused_message_has_its_entry_and_no_effect(id: str, regulator: Connected) -> None:
    before = deepcopy(regulator.office.state)
    for what, request in wrong_requests(regulator, OPERATIONS[id]):
        entries = regulator.sandbox.next_sequence() - 1

        answer = regulator.send(request)

        if answer.is_success and what == "body":  # The feed takes a body, and refuses its lines.
            assert answer.json()["accepted"] == 0
            continue
        assert answer.is_client_error, (what, answer.text)
        assert all(one["expected"] for one in answer.json()["errors"])
        assert answer.json()["errors"], (what, answer.text)
        [record] = regulator.records(after=entries)
        assert isinstance(record, Exchange)
        assert (record.refusal, record.status) == (answer.json()["code"], answer.status_code), what
        assert (record.taken, record.events) == (False, ())
        assert regulator.office.state == before, what


def test_every_code_shows_in_its_example_where_it_points() -> None:
    for code in CODES:
        problem = Problem.model_validate(example(code))

        assert [one.code for one in problem.errors] == [code]
    assert set(POINTED_AT) == set(CODES)


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a function or class of this name, with the file in which it stands."""
    for path in sorted((ROOT / "simulator").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name:
                yield str(path.relative_to(ROOT / "simulator")), node


def test_nothing_is_refused_without_a_word_on_what_is_wrong() -> None:
    """Types and the schema demand an error of every refusal; so none may be made beside them."""
    made_in = {file for file, _ in calls("Refusal")}
    told_in = {file for file, _ in calls("Problem")}

    assert made_in == {"regulator/refusal.py"}
    assert told_in == {
        "control/problems.py",
        "faults/rate_limited.py",
        "regulator/views.py",
        "transport.py",
    }
    with pytest.raises(AssertionError, match="rate_limited names nothing that is wrong"):
        Refusal("rate_limited", 429, "too many", ())
    with pytest.raises(ValidationError, match="at least 1 item"):
        Problem(type="t", title="t", status=429, code="c", detail="d", errors=())


def test_what_is_refused_plainly_has_its_place_and_its_expectation() -> None:
    """And no place is kept for what nobody is refused for."""
    plainly = {
        call.args[0].value
        for _, call in calls("refuse_plainly")
        if isinstance(call.args[0], ast.Constant)
    }
    by_signature = {
        call.args[0].value
        for _, call in calls("BadSignature")
        if isinstance(call.args[0], ast.Constant)
    }

    assert plainly | by_signature | {RATE, "signature_invalid"} == set(POINTED)
    for code, (pointer, must) in POINTED.items():
        [error] = refuse_plainly(code, "why", "seen").errors
        assert (error.pointer, error.expected, error.value) == (pointer, must, "seen")


def test_who_speaks_wrongly_is_told_in_which_header_and_what_was_seen(
    regulator: Connected,
) -> None:
    def errors(request: httpx.Request) -> list[tuple[str, object]]:
        problem = regulator.send(request).json()
        return [(one["pointer"], one["value"]) for one in problem["errors"]]

    unsigned = regulator.client.build_request("GET", "/demo/v1/time")
    half = regulator.signed("GET", "/time")
    del half.headers["signature"]
    other = regulator.signed("GET", "/time", claims={"url": "http://127.0.0.1/another"})
    stranger = regulator.signed("GET", "/time", claims={"key_id": "key-0"})
    bare = regulator.signed("GET", "/time")
    regulator.send(bare)

    assert errors(unsigned) == [("header:signature-input", None)]
    assert errors(half) == [("header:signature", None)]
    assert errors(other) == [("header:signature", KEY_ID)]
    assert errors(stranger) == [("header:signature-input", "key-0")]
    assert errors(bare) == [("header:signature-input", nonce_of(bare.headers["signature-input"]))]
