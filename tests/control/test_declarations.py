"""A tester walks a declaration through its legal periods, or takes each step by hand."""

from typing import Any

import httpx
import pytest

from simulator.regulator.lifecycle import declaration
from simulator.regulator.refusal import Refusal
from simulator.world import World
from tests.control.conftest import AtControl, create, register
from tests.regulator.lawful import NOW, sign
from tests.regulator.procedure import FILED

Json = dict[str, Any]
DECISIONS = "/sandboxes/sb/decisions"


async def file(client: httpx.AsyncClient, world: World, manner: str) -> None:
    """dcl-2 is received under this manner."""
    await create(client, starts_at=NOW.isoformat())
    await register(world)
    put = await client.put("/sandboxes/sb/policy", json={"declarations": manner})
    assert put.status_code == 200, put.text
    site = world.site("sb")
    assert site is not None
    outcome = declaration.submit(site.office.state, "reg-1", FILED, NOW, sign)
    assert not isinstance(outcome, Refusal), outcome
    await site.office.decide("tester", "file", outcome)


def test_the_clock_walks_through_57_working_days(at_control: AtControl[Json]) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> Json:
        await file(client, world, "statutory")
        advance = {"to": "2023-08-22T09:00:00Z"}
        answer = await client.post("/sandboxes/sb/clock/advance", json=advance)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    advanced = at_control(talk)

    happened = [
        (one["at"], one["events"][0]["event"])
        for one in advanced["happened"]
        if one["command"] == "decide dcl-2"
    ]
    assert happened == [
        ("2023-06-08T09:00:00Z", "declaration_forwarded"),
        ("2023-06-19T09:00:00Z", "declaration_admitted"),
        ("2023-08-22T09:00:00Z", "declaration_accepted"),
    ]


def test_a_tester_takes_steps_and_is_told_what_is_possible(at_control: AtControl[Json]) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> Json:
        await file(client, world, "manual")
        forward = await client.post(DECISIONS, json={"subject": "dcl-2", "step": "forward"})
        assert [event["event"] for event in forward.json()["events"]] == [
            "declaration_forwarded",
            "notice_issued",
        ]
        wrong = await client.post(DECISIONS, json={"subject": "dcl-2", "step": "terminate"})
        assert (wrong.status_code, wrong.json()["code"]) == (409, "step_impossible")
        accepted = await client.post(DECISIONS, json={"subject": "dcl-2", "accept": True})
        assert accepted.status_code == 200, accepted.text
        order = {"order": "terminate_export", "declaration": "dcl-2", "reason": "leak"}
        ended = await client.post("/sandboxes/sb/orders", json=order)
        assert [event["event"] for event in ended.json()["events"]] == [
            "export_terminated",
            "authorization_revoked",
            "notice_issued",
            "notice_issued",
        ]
        return dict(wrong.json())

    problem = at_control(talk)

    assert problem["errors"][0]["expected"] == "be one of admit, not_admit (dcl-2 is forwarded)"


@pytest.mark.parametrize(
    ("request_body", "status", "code"),
    [
        ({"subject": "dcl-2"}, 422, "body_invalid"),
        ({"subject": "dcl-2", "accept": True, "step": "forward"}, 422, "body_invalid"),
        ({"subject": "dcl-2", "step": "bless"}, 422, "body_invalid"),
        ({"subject": "dcl-9", "step": "forward"}, 404, "subject_unknown"),
        ({"subject": "dcl-2", "step": "ask_supplement"}, 409, "step_impossible"),
    ],
)
def test_a_wrong_decision_is_refused(
    at_control: AtControl[tuple[int, str]], request_body: Json, status: int, code: str
) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> tuple[int, str]:
        await file(client, world, "manual")
        answer = await client.post(DECISIONS, json=request_body)
        return answer.status_code, answer.json()["code"]

    assert at_control(talk) == (status, code)
