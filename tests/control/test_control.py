"""What a tester can do to a world."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.control.app import build
from simulator.journal.verify import verify
from simulator.world import World

from .conftest import TOKEN, AtControl, client_of, create, register

Json = dict[str, Any]

BY_DEFAULT = {
    "declarations": "immediate",
    "transmissions": "immediate",
    "reinspections": "immediate",
    "after_s": 0.0,
    "contracts": "immediate",
    "certifications": "immediate",
    "samples": "immediate",
    "inspections": "immediate",
    "stops": "immediate",
    "suspensions": "immediate",
    "deadlines": "immediate",
    "alerts": "manual",
    "alert_answered_s": None,
    "consequences": {
        "sample_wrong": "inspect",
        "sample_overdue": "inspect",
        "alert_escalated": "inspect",
    },
}


def test_only_the_token_opens_the_door(at_control: AtControl[list[tuple[int, str]]]) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> list[tuple[int, str]]:
        transport = httpx.ASGITransport(build(world, TOKEN))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as stranger:
            answers = [
                await stranger.get("/sandboxes"),
                await stranger.get("/sandboxes", headers={"authorization": "Basic bGV0"}),
                await stranger.get("/sandboxes", headers={"authorization": "Bearer let-me"}),
            ]
        return [(answer.status_code, answer.json()["code"]) for answer in answers]

    assert at_control(talk) == [
        (401, "token_missing"),
        (401, "token_missing"),
        (403, "token_wrong"),
    ]


def test_a_sandbox_is_created_as_asked_and_read_at_a_glance(at_control: AtControl[Json]) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> Json:
        created = await create(client, rule_pack="r2024", starts_at="2024-05-01T08:00:00+08:00")
        read = await client.get("/sandboxes/sb")
        assert (created.status_code, created.json()) == (201, read.json())
        return {**created.json(), "regulator_public_key": "…"}

    assert at_control(talk) == {
        "id": "sb",
        "passcode": "open sesame",
        "seed": 7,
        "starts_at": "2024-05-01T00:00:00Z",
        "now": "2024-05-01T00:00:00Z",
        "rule_pack": "r2024",
        "rule_pack_in_force": "r2024",
        "rate": 0.0,
        "regulator_public_key": "…",
        "suite": "ed25519",
        "scenario_headers": False,
        "policy": BY_DEFAULT,
        "sequence": 1,
        "registrations": [],
        "authorizations": [],
        "open_transmissions": 0,
        "notices_pending": [],
        "cases": [],
    }


def test_who_asks_during_a_reset_does_not_open_the_sandbox_a_second_time(
    at_control: AtControl[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that write to one journal would give two entries one number."""

    async def talk(client: httpx.AsyncClient, world: World) -> None:
        await create(client)
        former = world.site("sb")
        assert former is not None
        close = former.office.close
        seen = []

        async def slowly() -> None:
            seen.append(world.site("sb"))
            await close()

        monkeypatch.setattr(former.office, "close", slowly)
        reset = await client.post("/sandboxes/sb/reset")

        assert (reset.status_code, seen) == (200, [former])
        assert world.site("sb") is not former

    at_control(talk)


def test_a_registered_platform_survives_a_reset_and_a_restart(
    tmp_path: Path, at_control: AtControl[Json]
) -> None:
    async def before(client: httpx.AsyncClient, world: World) -> Json:
        await create(client)
        await register(world)
        reset = await client.post("/sandboxes/sb/reset")
        assert reset.status_code == 200
        return dict(reset.json())

    async def after(client: httpx.AsyncClient, world: World) -> Json:
        return dict((await client.get("/sandboxes/sb")).json())

    reset = at_control(before)
    assert reset["registrations"] == [{"id": "reg-1", "status": "active", "key_id": "key-1"}]
    assert (reset["authorizations"], reset["sequence"]) == ([], 1)
    assert at_control(after) == reset


def test_a_deleted_sandbox_is_gone_and_its_id_is_free(at_control: AtControl[list[int]]) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> list[int]:
        return [
            (await create(client)).status_code,
            (await create(client)).status_code,
            (await client.delete("/sandboxes/sb")).status_code,
            (await client.get("/sandboxes/sb")).status_code,
            (await create(client)).status_code,
        ]

    assert at_control(talk) == [201, 409, 204, 404, 201]


def test_time_goes_forward_and_everything_due_happens_on_the_way(
    at_control: AtControl[Json],
) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> Json:
        await create(client)
        await register(world)
        suspended = await client.post("/sandboxes/sb/orders", json={"order": "suspend"})
        assert suspended.json()["notices"] == ["ntc-1", "ntc-2"]
        answer = await client.post("/sandboxes/sb/clock/advance", json={"by_s": 31 * 86_400})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    advanced = at_control(talk)

    happened = [(one["at"], one["command"]) for one in advanced["happened"]]
    assert happened == [
        ("2023-06-26T00:00:00Z", "near_deadline cas-1"),
        ("2023-07-01T00:00:00Z", "pass_deadline cas-1"),
    ]
    assert [event["event"] for event in advanced["happened"][1]["events"]] == [
        "deadline_passed",
        "authorization_revoked",
        "notice_issued",
        "notice_issued",
    ]
    assert advanced["now"] == "2023-07-02T00:00:00Z"


def test_an_advanced_clock_stays_advanced_after_a_restart(at_control: AtControl[str]) -> None:
    async def before(client: httpx.AsyncClient, world: World) -> str:
        await create(client)
        moved = await client.post(
            "/sandboxes/sb/clock/advance", json={"to": "2023-09-01T08:00:00+08:00"}
        )
        return str(moved.json()["now"])

    async def after(client: httpx.AsyncClient, world: World) -> str:
        return str((await client.get("/sandboxes/sb/clock")).json()["now"])

    assert at_control(before) == "2023-09-01T00:00:00Z"
    assert at_control(after) == "2023-09-01T00:00:00Z"


def test_a_manual_policy_leaves_the_decision_to_the_tester(at_control: AtControl[Json]) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> Json:
        await create(client)
        await register(world)
        policy = {"declarations": "manual", "transmissions": "after", "after_s": 60}
        put = await client.put("/sandboxes/sb/policy", json=policy)
        assert put.json() == {**BY_DEFAULT, **policy}
        decisions = "/sandboxes/sb/decisions"
        late = await client.post(decisions, json={"subject": "dcl-1", "accept": False})
        assert (late.status_code, late.json()["code"]) == (409, "already_decided")
        unknown = await client.post(decisions, json={"subject": "dcl1", "accept": True})
        assert unknown.status_code == 404
        return dict(unknown.json())

    assert at_control(talk)["detail"] == "there is no 'dcl1' to decide; did you mean 'dcl-1'?"


def test_orders_stand_at_once_and_tell_the_platform(at_control: AtControl[list[Any]]) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> list[Any]:
        await create(client)
        await register(world)

        async def order(**body: object) -> list[str]:
            answer = await client.post("/sandboxes/sb/orders", json=body)
            assert answer.status_code == 200, answer.text
            state = (await client.get("/sandboxes/sb")).json()
            [held] = state["authorizations"]
            events = [event["event"] for event in answer.json()["events"]]
            return [held["status"], str(held["version"]), *events]

        renewed = {
            "recipient": "acquirer-sg",
            "country": "SG",
            "quota_records": 9,
            "valid_for_s": 60,
        }
        return [
            await order(order="stop", reason="test"),
            await order(order="lift"),
            await order(order="lift"),
            await order(order="revoke", authorization="aut-1"),
            await order(order="grant", **renewed),
            await order(order="inspect"),
            await order(order="suspend", case="cas-1"),
        ]

    assert at_control(talk) == [
        ["stopped", "1", "export_stopped", "notice_issued"],
        ["active", "1", "export_lifted", "notice_issued"],
        ["active", "1"],
        ["revoked", "1", "authorization_revoked", "notice_issued"],
        ["active", "2", "authorization_granted", "notice_issued"],
        ["active", "2", "inspection_opened", "notice_issued"],
        ["suspended", "2", "export_suspended", "notice_issued"],
    ]


def test_a_fault_is_armed_read_and_reverted(at_control: AtControl[list[Any]]) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> list[Any]:
        await create(client)
        armed = await client.post(
            "/sandboxes/sb/faults",
            json={"name": "latency", "scope": "regulator", "parameters": {"delay_s": 0.5}},
        )
        assert armed.status_code == 201, armed.text
        listed = (await client.get("/sandboxes/sb/faults")).json()["items"]
        assert listed == [armed.json()]
        wrong = await client.delete("/sandboxes/sb/faults/flt-2")
        gone = await client.delete("/sandboxes/sb/faults/flt-1")
        left = (await client.get("/sandboxes/sb/faults")).json()["items"]
        return [armed.json()["fault"], wrong.json()["detail"], gone.status_code, left]

    assert at_control(talk) == [
        "flt-1",
        "no fault 'flt-2' is armed; did you mean 'flt-1'?",
        204,
        [],
    ]


def test_what_merchants_saw_comes_into_the_journal_in_order_or_not_at_all(
    at_control: AtControl[list[Any]],
) -> None:
    followed = {"payment": "p-1", "outcome": "settled", "seen_at": "2023-06-01T00:00:00Z"}

    async def talk(client: httpx.AsyncClient, world: World) -> list[Any]:
        await create(client)
        taken = await client.post(
            "/sandboxes/sb/records",
            json={
                "records": [
                    {"kind": "staged", "body": {"mark": "run_started", "facts": {"seed": 7}}},
                    {"kind": "followed", "body": followed},
                ]
            },
        )
        wrong = await client.post(
            "/sandboxes/sb/records",
            headers={"content-type": "application/json"},
            content=json.dumps(
                {
                    "records": [
                        {"kind": "followed", "body": followed},
                        {"kind": "followed", "body": {"payment": 3, "outcome": "settled"}},
                        {"kind": "staged", "body": {"mark": "reply_set", "facts": {}}},
                        {"kind": "staged", "body": {"mark": "x", "facts": {"v": float("nan")}}},
                    ]
                }
            ),
        )
        pointers = [error["pointer"] for error in wrong.json()["errors"]]
        state = (await client.get("/sandboxes/sb")).json()
        return [taken.json(), wrong.status_code, pointers, state["sequence"]]

    assert at_control(talk) == [
        {"sequence": 3},
        422,
        [
            "/records/1/body/payment",
            "/records/1/body/seen_at",
            "/records/2/body/mark",
            "/records/3/body",
        ],
        3,
    ]


def test_the_exported_journal_is_whole(at_control: AtControl[tuple[str, str]]) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> tuple[str, str]:
        await create(client)
        await register(world)
        export = await client.get("/sandboxes/sb/journal")
        assert export.headers["content-type"] == "application/x-ndjson"
        rest = await client.get("/sandboxes/sb/journal", params={"after": 1})
        return export.text, rest.text

    whole, rest = at_control(talk)

    assert verify(whole.splitlines()).entries == 2
    assert whole.splitlines()[1:] == rest.splitlines()


def test_a_recipient_replies_as_set(at_control: AtControl[list[Json]]) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> list[Json]:
        await create(client)
        await client.put("/sandboxes/sb/recipients/acquirer-sg", json={"status": 500, "body": "no"})
        return [
            (await client.get(f"/sandboxes/sb/recipients/{recipient}")).json()
            for recipient in ("acquirer-sg", "acquirer-th")
        ]

    usual = {"content_type": "application/json", "token_path": "/oauth/token"}
    assert at_control(talk) == [
        {"status": 500, "body": "no", **usual},
        {"status": 202, "body": '{"status":"received"}', **usual},
    ]


def test_the_door_describes_itself(tmp_path: Path) -> None:
    async def talk() -> Json:
        world = World(tmp_path)
        try:
            async with client_of(world) as client:
                return dict((await client.get("/openapi.json")).json())
        finally:
            await world.close()

    described = asyncio.run(talk())

    assert described["openapi"].startswith("3.1")
    assert described["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    assert len(described["paths"]) >= 20


def test_the_law_follows_the_date_and_each_chooses_the_other(at_control: AtControl[Json]) -> None:
    async def talk(client: httpx.AsyncClient, world: World) -> Json:
        neither = (await create(client, id="neither")).json()
        pack_alone = (await create(client, id="pack", rule_pack="r2026")).json()
        date_alone = (await create(client, id="date", starts_at="2025-03-01T00:00:00Z")).json()
        against = (
            await create(client, id="if", rule_pack="r2026", starts_at="2023-06-01T00:00:00Z")
        ).json()
        to = {"to": "2024-03-21T16:00:00Z"}  # Midnight in China.
        await client.post("/sandboxes/neither/clock/advance", json=to)
        await client.post("/sandboxes/if/clock/advance", json=to)
        later = {id: (await client.get(f"/sandboxes/{id}")).json() for id in ("neither", "if")}
        return {
            "created": [
                (one["starts_at"], one["rule_pack"], one["rule_pack_in_force"])
                for one in (neither, pack_alone, date_alone, against)
            ],
            "later": {id: one["rule_pack_in_force"] for id, one in later.items()},
        }

    assert at_control(talk) == {
        "created": [
            ("2023-06-01T00:00:00Z", "r2022", "r2022"),
            ("2026-01-01T01:00:00Z", "r2026", "r2026"),
            ("2025-03-01T00:00:00Z", "r2024", "r2024"),
            ("2023-06-01T00:00:00Z", "r2026", "r2026"),
        ],
        "later": {"neither": "r2024", "if": "r2026"},
    }
