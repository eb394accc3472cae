"""What is said to a tester who asks for the impossible."""

import httpx
import pytest

from simulator.world import World

from .conftest import AtControl, create

SB = "/sandboxes/sb"


@pytest.mark.parametrize(
    ("request_line", "body", "status", "code", "pointers", "said"),
    [
        ("POST /sandboxes", {"id": "A b"}, 422, "body_invalid", ["/id"], "'A b'"),
        ("POST /sandboxes", {"id": "control"}, 422, "body_invalid", ["/id"], "control"),
        (
            "POST /sandboxes",
            {"id": "x", "rule_pack": "r2020"},
            422,
            "body_invalid",
            ["/rule_pack"],
            "be a rule pack; did you mean",
        ),
        (
            "POST /sandboxes",
            {"seed": -1, "rate": "fast", "surplus": 1},
            422,
            "body_invalid",
            ["/id", "/seed", "/rate", "/surplus"],
            "/id is missing",
        ),
        ("GET /sandboxes/bs", None, 404, "sandbox_unknown", ["path:sandbox"], "did you mean 'sb'?"),
        (
            f"POST {SB}/faults",
            {"name": "blackhol", "scope": "regulator"},
            422,
            "body_invalid",
            ["/name"],
            "did you mean 'blackhole'",
        ),
        (
            f"POST {SB}/faults",
            {"name": "notice_dropped", "scope": "regulator"},
            422,
            "body_invalid",
            ["/scope"],
            "be notices for notice_dropped",
        ),
        (
            f"POST {SB}/faults",
            {"name": "error_status", "scope": "regulator", "parameters": {"status": 200, "x": 1}},
            422,
            "body_invalid",
            ["/parameters/status", "/parameters/x"],
            "200",
        ),
        (f"POST {SB}/orders", {"order": "halt"}, 422, "body_invalid", [""], "halt"),
        (
            f"POST {SB}/orders",
            {"order": "stop"},
            409,
            "platform_unknown",
            ["/platform"],
            "registered",
        ),
        (f"POST {SB}/clock/advance", {}, 422, "body_invalid", [""], "by_s or to"),
        (
            f"POST {SB}/clock/advance",
            {"to": "2023-05-31T00:00:00Z"},
            422,
            "body_invalid",
            ["/to"],
            "2023-05-31",
        ),
        (f"GET {SB}/journal?after=x", None, 422, "body_invalid", ["query:after"], "'x'"),
        ("GET /nothing", None, 404, "not_found", ["path"], "GET /nothing"),
        ("PATCH /sandboxes", None, 405, "method_not_allowed", ["method"], "PATCH"),
    ],
)
def test_a_wrong_request_is_told_everything_that_is_wrong(
    at_control: AtControl[httpx.Response],
    request_line: str,
    body: object,
    status: int,
    code: str,
    pointers: list[str],
    said: str,
) -> None:
    method, path = request_line.split()

    async def talk(client: httpx.AsyncClient, world: World) -> httpx.Response:
        await create(client)
        return await client.request(method, path, json=body)

    answer = at_control(talk)

    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert [error["pointer"] for error in problem["errors"]] == pointers
    assert said in problem["detail"]


def test_a_body_that_is_no_json_is_refused_where_it_breaks(
    at_control: AtControl[httpx.Response],
) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> httpx.Response:
        headers = {"content-type": "application/json"}
        return await client.post("/sandboxes", content=b'{"id": ', headers=headers)

    problem = at_control(talk).json()

    assert (problem["status"], problem["code"]) == (400, "json_malformed")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"\xff", "json_malformed"),
        (b"[" * 100_000, "json_too_deep"),
        (b'{"id": "x", "seed": ' + b"1" * 6_000 + b"}", "json_malformed"),
    ],
    ids=["no UTF-8", "nested too deeply", "too long a number"],
)
def test_a_body_that_cannot_be_read_is_not_taken_for_a_wrong_address(
    at_control: AtControl[httpx.Response], body: bytes, code: str
) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> httpx.Response:
        headers = {"content-type": "application/json"}
        return await client.post("/sandboxes", content=body, headers=headers)

    problem = at_control(talk).json()

    assert (problem["status"], problem["code"], problem["errors"][0]["pointer"]) == (400, code, "")
