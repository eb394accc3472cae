"""A refused message keeps its place in the journal and changes no state, whatever it was for."""

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import httpx
import pytest

from simulator.journal.records import Exchange
from simulator.regulator.api import Operation, operations
from simulator.regulator.refusal import CODES, POINTED, refuse_plainly
from tests.regulator.connected import Connected, connected

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
    for what, request in wrong_requests(regulator, OPERATIONS[id]):
        before, entries = deepcopy(regulator.office.state), len(regulator.records())

        answer = regulator.send(request)

        if answer.is_success and what == "body":  # The feed takes a body, and refuses its lines.
            assert answer.json()["accepted"] == 0
            continue
        assert answer.is_client_error, (what, answer.text)
        [record] = regulator.records()[entries:]
        assert isinstance(record, Exchange)
        assert (record.refusal, record.status) == (answer.json()["code"], answer.status_code), what
        assert (record.taken, record.events) == (False, ())
        assert regulator.office.state == before, what


def test_who_speaks_wrongly_is_told_in_which_header() -> None:
    """Or in which field; the value, a secret or a signature, is not sent back."""
    for code, (pointer, must) in POINTED.items():
        refused = refuse_plainly(code, "why")

        assert [(one.pointer, one.expected, one.value) for one in refused.errors] == [
            (pointer, must, None)
        ]
        assert code in CODES
