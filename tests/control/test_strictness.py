"""What a tester sends is read as strictly as what a platform sends, and each refusal points at what
is wrong."""

from typing import Any

import httpx
import pytest

from scenarios import catalogues
from simulator.control.codes import CODES
from simulator.regulator.refusal import CODES as OF_THE_REGULATOR
from simulator.world import World
from tests.control.conftest import AtControl, create, register

Json = dict[str, Any]
SB = "/sandboxes/sb"


def error_of(
    at_control: AtControl[httpx.Response], line: str, **said: Any
) -> tuple[int, str, Json]:
    """Status and code of the refusal of one request, and the one thing that is wrong with it."""
    method, path = line.split()

    async def talk(client: httpx.AsyncClient, world: World) -> httpx.Response:
        await create(client)
        await register(world)
        return await client.request(method, path, **said)

    answer = at_control(talk)
    assert answer.headers["content-type"] == "application/problem+json"
    [error] = answer.json()["errors"]
    return answer.status_code, answer.json()["code"], error


@pytest.mark.parametrize(
    ("line", "body", "pointer"),
    [
        (f"POST {SB}/regulator-key", {"in_s": True}, "/in_s"),
        (f"PUT {SB}/clock", {"rate": True}, "/rate"),
        (f"POST {SB}/clock/advance", {"by_s": "60"}, "/by_s"),
        (f"POST {SB}/clock/advance", {"to": 1_700_000_000}, "/to"),
        (f"POST {SB}/clock/advance", {"to_next": 1}, "/to_next"),
        (f"POST {SB}/orders", {"order": "sample", "size": True}, "/size"),
        (f"POST {SB}/orders", {"order": "stop", "sizes": 3}, "/sizes"),
        (f"POST {SB}/decisions", {"subject": "dcl-1", "accept": "yes"}, "/accept"),
        (f"POST {SB}/faults", {"name": "latency", "scope": "regulator", "times": True}, "/times"),
        (f"PUT {SB}/policy", {"after_s": False}, "/after_s"),
        (f"PUT {SB}/rates", {"platform": {"per_s": True, "burst": 1}}, "/platform/per_s"),
        (f"PUT {SB}/script", {"samples_per_day": True}, "/samples_per_day"),
        (f"PUT {SB}/recipients/acquirer-sg", {"status": "200"}, "/status"),
        (f"POST {SB}/fork", {"id": "twin", "at": True}, "/at"),
        (f"POST {SB}/passcode", {"passcodes": "x"}, "/passcodes"),
        ("POST /sandboxes", {"id": "x", "scenario_headers": 1}, "/scenario_headers"),
        (
            "POST /sandboxes",
            {"id": "x", "script": {"stops_per_day": True}},
            "/script/stops_per_day",
        ),
    ],
)
def test_nothing_is_taken_for_what_it_is_not(
    at_control: AtControl[httpx.Response], line: str, body: Json, pointer: str
) -> None:
    status, code, error = error_of(at_control, line, json=body)

    assert (status, code, error["pointer"]) == (422, "body_invalid", pointer)
    assert error["expected"]


def test_what_contradicts_itself_is_told_in_a_whole_sentence(
    at_control: AtControl[httpx.Response],
) -> None:
    body = {"by_s": 1, "to_next": True}

    _, _, error = error_of(at_control, f"POST {SB}/clock/advance", json=body)

    assert error["expected"] == "give by_s or to or to_next, and only one of them"


def test_a_whole_number_may_be_written_with_a_fraction(
    at_control: AtControl[httpx.Response],
) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> httpx.Response:
        await create(client)
        await register(world)
        order = {"order": "sample", "size": 2.0, "when": "manual"}
        return await client.post(f"{SB}/orders", json=order)

    assert at_control(talk).status_code == 200


@pytest.mark.parametrize(
    ("line", "said", "told"),
    [
        (
            f"GET {SB}/journal?afer=3",
            {},
            (422, "query_invalid", "query:afer", "3", "be absent: did you mean 'after'?"),
        ),
        (
            f"GET {SB}/journal?after=x",
            {},
            (422, "body_invalid", "query:after", "x", "be a valid integer"),
        ),
        (
            f"POST {SB}/clock/advance",
            {
                "content": b'{"by_s":1,"by_s":2}',
                "headers": {"content-type": "application/json"},
            },
            (422, "body_invalid", "", "by_s", "name no field of an object twice"),
        ),
        (
            f"DELETE {SB}?now=1",
            {},
            (422, "query_invalid", "query:now", "1", "be absent: there is nothing to ask for here"),
        ),
        (
            "POST /sandboxes",
            {"content": b"id=x", "headers": {"content-type": "application/x-www-form-urlencoded"}},
            (
                415,
                "content_type_unsupported",
                "header:content-type",
                "application/x-www-form-urlencoded",
                "be application/json",
            ),
        ),
        (
            "GET /sandboxes/..%2f",
            {},
            (404, "not_found", "path", "/sandboxes/../", "be one that /control/openapi.json lists"),
        ),
        (
            "GET /sandboxes/",
            {},
            (404, "not_found", "path", "/sandboxes/", "be one that /control/openapi.json lists"),
        ),
        (f"PATCH {SB}", {}, (405, "method_not_allowed", "method", "PATCH", "be DELETE or GET")),
        (
            "GET /sandboxes/bs",
            {},
            (404, "sandbox_unknown", "path:sandbox", "bs", "name a sandbox; did you mean 'sb'?"),
        ),
        (
            "POST /sandboxes",
            {"json": {"id": "sb"}},
            (409, "sandbox_exists", "/id", "sb", "be free"),
        ),
        (
            f"DELETE {SB}/orders/ord-9",
            {},
            (404, "order_unknown", "path:id", "ord-9", "name an order; none was planned yet"),
        ),
        (
            f"POST {SB}/alerts/alr-9/closing",
            {"json": {}},
            (404, "alert_unknown", "path:id", "alr-9", "name an alert; none was raised yet"),
        ),
        (
            f"DELETE {SB}/faults/flt-9",
            {},
            (404, "fault_unknown", "path:fault", "flt-9", "name a fault that is armed"),
        ),
        (
            f"POST {SB}/faults",
            {"json": {"name": "certificate_expired", "scope": "connection"}},
            (409, "fault_unavailable", "/name", "certificate_expired", "wait: make certificates"),
        ),
        (
            f"POST {SB}/orders",
            {"json": {"order": "stop", "platform": "reg-9"}},
            (409, "platform_unknown", "/platform", "reg-9", "name a platform that is registered"),
        ),
        (f"GET {SB}/script", {}, (404, "script_unknown", "path:sandbox", "sb", "have a script")),
        (
            f"POST {SB}/decisions",
            {"json": {"subject": "dcl-9", "accept": True}},
            (404, "subject_unknown", "/subject", "dcl-9", "name what waits for a decision"),
        ),
        (
            f"POST {SB}/keys/key-9/revocation",
            {"json": {"reason": "lost"}},
            (404, "subject_unknown", "path:id", "key-9", "name a key of a platform"),
        ),
        (
            f"POST {SB}/notices/ntc-9/redelivery",
            {},
            (404, "not_found", "path:id", "ntc-9", "name a notice of this platform"),
        ),
        (
            "POST /snapshots",
            {"content": b"{}"},
            (422, "snapshot_broken", "", "the file is no snapshot", "be the file as it was taken"),
        ),
        (
            "GET /sandboxes",
            {"headers": {"authorization": "Basic x"}},
            (401, "token_missing", "header:authorization", None, "be `Bearer <control token>`"),
        ),
        (
            "GET /sandboxes",
            {"headers": {"authorization": "Bearer guess"}},
            (
                403,
                "token_wrong",
                "header:authorization",
                "5 characters that are not repeated here",
                "hold the token in `control-token` of the state directory",
            ),
        ),
    ],
)
def test_every_refusal_names_the_place_the_value_and_the_expectation(
    at_control: AtControl[httpx.Response],
    line: str,
    said: Json,
    told: tuple[int, str, str, str | None, str],
) -> None:
    status, code, error = error_of(at_control, line, **said)

    expected_status, expected_code, pointer, value, must = told
    assert (status, code, error["pointer"]) == (expected_status, expected_code, pointer)
    assert error["expected"].startswith(must)
    assert error["value"] == value or (value and str(error["value"]).startswith(value))


def test_a_code_is_a_testers_or_the_regulators_and_explained() -> None:
    assert not set(CODES) & set(OF_THE_REGULATOR)
    for code, told in CODES.items():
        assert catalogues.explain(code) == [
            ("codes", {"id": code, "status": told.status, "title": told.title, "clause": None})
        ]
