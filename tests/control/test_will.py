"""The regulator acts on its own: orders that wait, samples, alerts, and a script for long runs."""

from pathlib import Path
from typing import Any

import pytest

from simulator.regulator.api.feed import EXAMPLE as FEED_EVENT
from simulator.regulator.api.lineage import ENTRY
from simulator.regulator.api.transmissions import REQUEST as ANNOUNCEMENT
from tests.control.simulated import Json, Simulated, simulated
from tests.regulator.connected import Wall

DAY_S = 86_400
SCRIPT = {
    "samples_per_day": 1.5,
    "inspections_per_day": 0.2,
    "stops_per_day": 0.3,
    "suspensions_per_day": 0.1,
    "lifted_after_s": 2 * DAY_S,
}


def test_an_order_put_off_survives_a_restart_and_takes_effect_in_time(tmp_path: Path) -> None:
    wall = Wall()

    async def before(world: Simulated) -> list[Any]:
        await world.open()
        await world.declare()
        planned = await world.control(
            "POST", "/orders", {"order": "stop", "when": "after", "after_s": 3600}
        )
        return [event["event"] for event in planned["events"]]

    async def after(world: Simulated) -> list[Any]:
        [waiting] = (await world.control("GET", "/orders"))["items"]
        pending = await world.control("GET", "/pending")
        advanced = await world.advance(to_next=True)
        authorization = await world.tell("GET", "/authorizations/aut-1")
        commands = [one["command"] for one in advanced["happened"]]
        return [waiting["due_at"], pending["ahead"][0], commands, authorization["status"]]

    due = "2023-06-01T01:00:00Z"
    assert simulated(tmp_path, before, wall) == ["order_planned"]
    assert simulated(tmp_path, after, wall) == [
        due,
        {"at": due, "command": "order", "subject": "ord-1"},
        ["order ord-1"],
        "stopped",
    ]


def test_an_order_waits_for_a_hand_and_can_be_withdrawn(tmp_path: Path) -> None:
    async def talk(world: Simulated) -> list[Any]:
        await world.open()
        await world.control("PUT", "/policy", {"inspections": "manual"})
        for _ in range(2):
            await world.control("POST", "/orders", {"order": "inspect"})
        by_hand = (await world.control("GET", "/pending"))["by_hand"]
        await world.control("POST", "/orders/ord-1/release")
        await world.control("DELETE", "/orders/ord-2")
        statuses = [one["status"] for one in (await world.control("GET", "/orders"))["items"]]
        return [
            by_hand,
            statuses,
            await world.notices(),
            await world.refused("POST", "/orders/ord-2/release"),
            await world.refused("DELETE", "/orders/ord-9"),
        ]

    assert simulated(tmp_path, talk, Wall()) == [
        ["ord-1", "ord-2"],
        ["carried_out", "cancelled"],
        ["inspection.opened"],
        "order_ended",
        "order_unknown",
    ]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/orders", {"order": "stop", "when": "after"}),
        ("/orders", {"order": "stop", "after_s": 5}),
        ("/orders", {"order": "sample", "size": 0}),
        ("/policy", {"consequences": {"sequence_gab": "stop"}}),
        ("/policy", {"consequences": {"sequence_gap": "grant"}}),
        ("/policy", {"stops": "sometimes"}),
        ("/script", {"stops_per_day": -1}),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, path: str, body: Json) -> None:
    async def talk(world: Simulated) -> str:
        await world.open()
        return await world.refused("POST" if path == "/orders" else "PUT", path, body)

    assert simulated(tmp_path, talk, Wall()) == "body_invalid"


async def pay(world: Simulated) -> None:
    """One payload leaves, is closed and traced."""
    await world.declare()
    await world.tell("POST", "/transmissions", ANNOUNCEMENT)
    closing = {"outcome": "completed", "records": 1, "bytes": 10, "payloads": [ENTRY["payload"]]}
    await world.tell("POST", "/transmissions/trm-1/closing", closing)
    await world.tell("POST", "/lineage", {"items": [ENTRY]})


def test_a_sample_is_asked_for_by_notice_and_answered_right(tmp_path: Path) -> None:
    async def talk(world: Simulated) -> list[Any]:
        await world.open()
        await pay(world)
        await world.control("POST", "/orders", {"order": "sample"})
        [notice] = [
            one
            for one in (await world.tell("GET", "/notices"))["items"]
            if one["type"] == "sample.requested"
        ]
        inspection = notice["data"]["inspection"]
        [payload] = notice["data"]["payloads"]
        kept = {"items": (await world.tell("GET", f"/lineage/{payload}"))["items"]}
        answered = await world.tell("POST", f"/inspections/{inspection}/answers", kept)
        again = await world.ask("POST", f"/inspections/{inspection}/answers", kept)
        listed = await world.tell("GET", "/inspections")
        assert listed["items"] == [answered]
        return [answered["status"], answered["mistakes"], again.json()["code"]]

    assert simulated(tmp_path, talk, Wall()) == ["right", [], "sample_closed"]


def test_a_sample_that_nobody_answers_is_overdue_after_a_restart_and_opens_a_case(
    tmp_path: Path,
) -> None:
    wall = Wall()

    async def before(world: Simulated) -> str:
        await world.open()
        await pay(world)
        await world.control("POST", "/orders", {"order": "sample"})
        [waiting] = (await world.control("GET", "/pending"))["unanswered"]
        return str(waiting["inspection"])

    async def after(world: Simulated) -> list[Any]:
        held = await world.tell("GET", "/inspections/ins-1")
        case = await world.tell("GET", "/cases/cas-1")
        return [held["status"], case["reason"], (await world.notices())[-2:]]

    assert simulated(tmp_path, before, wall) == "ins-1"
    wall.go_on(61)
    assert simulated(tmp_path, after, wall) == [
        "overdue",
        "sample_overdue: ins-1",
        ["sample.overdue", "inspection.opened"],
    ]


def test_on_a_day_without_transmissions_the_sample_is_void(tmp_path: Path) -> None:
    async def talk(world: Simulated) -> list[Any]:
        await world.open()
        await world.control("POST", "/orders", {"order": "sample"})
        return [(await world.tell("GET", "/inspections/ins-1"))["status"], await world.notices()]

    assert simulated(tmp_path, talk, Wall()) == ["void", []]


def test_an_alert_stops_the_export_and_is_explained_and_closed(tmp_path: Path) -> None:
    async def talk(world: Simulated) -> list[Any]:
        await world.open()
        await world.control("PUT", "/policy", {"consequences": {"sequence_gap": "stop"}})
        await world.declare()
        await world.tell("POST", "/transmissions", ANNOUNCEMENT)
        event = FEED_EVENT | {"sequence": 5, "id": "trm-1-5"}
        fed = await world.tell("POST", "/feed", [event])
        stopped = await world.tell("GET", "/authorizations/aut-1")
        [order] = (await world.control("GET", "/orders"))["items"]
        said = {"explanation": "four events were lost on the way"}
        explained = await world.tell("POST", "/alerts/alr-1/acknowledgement", said)
        by_hand = (await world.control("GET", "/pending"))["by_hand"]
        await world.control("POST", "/alerts/alr-1/closing", {"reason": "plausible"})
        [closed] = (await world.tell("GET", "/alerts"))["items"]
        late = await world.ask("POST", "/alerts/alr-1/acknowledgement", said)
        return [
            fed["alerts"],
            stopped["status"],
            [order["because"], order["status"]],
            explained["status"],
            by_hand,
            [closed["status"], closed["reason"]],
            late.json()["code"],
            await world.notices(),
            await world.refused("POST", "/alerts/alr-2/closing", {}),
        ]

    assert simulated(tmp_path, talk, Wall()) == [
        ["alr-1"],
        "stopped",
        ["alr-1", "carried_out"],
        "acknowledged",
        ["alr-1"],
        ["closed", "plausible"],
        "alert_ended",
        ["export.stopped", "alert.decided"],
        "alert_unknown",
    ]


async def ninety_days(world: Simulated) -> Json:
    """A scripted regulator for ninety days, then two days until all is lifted."""
    await world.open()
    await world.declare()
    await world.control("PUT", "/script", SCRIPT)
    advanced = await world.advance(by_s=90 * DAY_S)
    ended = await world.control("DELETE", "/script")
    assert ended["status"] == "ended"
    rest = await world.advance(by_s=2 * DAY_S)
    state = await world.control("GET", "")
    return {
        "happened": [
            (one["at"], one["by"], one["command"], [event["event"] for event in one["events"]])
            for one in [*advanced["happened"], *rest["happened"]]
        ],
        "orders": (await world.control("GET", "/orders"))["items"],
        "cases": [case["status"] for case in state["cases"]],
        "standing": [held["status"] for held in state["authorizations"]],
        "later": (await world.advance(by_s=30 * DAY_S))["happened"],
    }


def test_a_sandbox_may_begin_with_a_script_and_a_running_clock(tmp_path: Path) -> None:
    async def talk(world: Simulated) -> tuple[Json, Json]:
        await world.open(script=SCRIPT, rate=1440)
        return await world.control("GET", "/script"), await world.control("GET", "")

    script, sandbox = simulated(tmp_path, talk, Wall())

    assert (script["status"], script["samples_per_day"]) == ("running", 1.5)
    assert sandbox["rate"] == 1440


def test_a_reset_begins_the_script_of_the_creation_again_and_forgets_a_later_one(
    tmp_path: Path,
) -> None:
    async def talk(world: Simulated) -> tuple[Json, Json, Json, str]:
        await world.open(script=SCRIPT)
        created = await world.control("GET", "/script")
        await world.control("PUT", "/script", {"stops_per_day": 9})
        await world.advance(by_s=5 * 86_400)
        await world.control("POST", "/reset")
        reset = await world.control("GET", "/script")
        await world.tester.post("/sandboxes/sb/fork", json={"id": "twin"})
        await world.tester.post("/sandboxes/twin/reset")
        forked = (await world.tester.get("/sandboxes/twin/script")).json()
        await world.tester.delete("/sandboxes/sb")
        await world.tester.post("/sandboxes", json={"id": "sb", "seed": 7})
        await world.control("PUT", "/script", SCRIPT)
        await world.control("POST", "/reset")
        return created, reset, forked, await world.refused("GET", "/script")

    created, reset, forked, none = simulated(tmp_path, talk, Wall())

    assert reset == created == forked
    assert none == "script_unknown"


def test_a_scripted_regulator_decides_the_same_again_from_the_same_seed(tmp_path: Path) -> None:
    wall = Wall()
    first = simulated(tmp_path / "first", ninety_days, wall)
    second = simulated(tmp_path / "second", ninety_days, wall)

    assert first == second
    given = [order["order"] for order in first["orders"] if order["because"] == "scr-1"]
    assert 60 <= given.count("sample") <= 130
    assert min(given.count(order) for order in ("inspect", "stop", "suspend")) >= 2


def test_a_scripted_regulator_never_suspends_twice_and_lifts_everything(tmp_path: Path) -> None:
    told = simulated(tmp_path, ninety_days, Wall())

    holds = 0
    for _, _, _, events in told["happened"]:
        holds += events.count("export_suspended")
        assert holds in (0, 1)
        holds -= events.count("export_lifted") if holds else 0
    assert holds == 0
    assert all(order["status"] in ("carried_out", "void") for order in told["orders"])
    assert set(told["cases"]) == {"lifted"}
    assert told["standing"] == ["active"]
    assert [one["command"] for one in told["later"]] == []
    by = {by for _, by, command, _ in told["happened"] if command.startswith("script")}
    assert by == {"policy"}


def test_a_script_acts_in_working_hours_of_working_days(tmp_path: Path) -> None:
    told = simulated(tmp_path, ninety_days, Wall())

    moments = [at for at, by, _, _ in told["happened"] if by == "policy"]
    assert len(moments) > 60
    for at in moments:
        assert "01:00:00" <= at[11:19] < "10:00:00", at  # 9 to 18 o'clock in China.
        assert at[:10] not in ("2023-06-22", "2023-06-23", "2023-06-24"), at


def test_a_script_survives_a_restart_in_the_middle(tmp_path: Path) -> None:
    wall = Wall()

    async def begin(world: Simulated) -> list[Any]:
        await world.open()
        await world.declare()
        await world.control("PUT", "/script", SCRIPT)
        return list((await world.advance(by_s=40 * DAY_S))["happened"])

    async def go_on(world: Simulated) -> list[Any]:
        return list((await world.advance(by_s=50 * DAY_S))["happened"])

    halves = simulated(tmp_path, begin, wall) + simulated(tmp_path, go_on, wall)
    whole = simulated(tmp_path / "whole", ninety_days, wall)["happened"]

    assert [(one["at"], one["command"]) for one in halves] == [
        (at, command) for at, _, command, _ in whole[: len(halves)]
    ]


def test_a_script_ends_with_the_calendar_and_cannot_begin_beyond_it(tmp_path: Path) -> None:
    async def talk(world: Simulated) -> list[Any]:
        await world.open(starts_at="2026-12-20T00:00:00Z")
        await world.control("PUT", "/script", {"stops_per_day": 0.5})
        await world.advance(by_s=60 * DAY_S)
        script = await world.control("GET", "/script")
        return [
            script["status"],
            script["ended_because"],
            await world.refused("PUT", "/script", {"stops_per_day": 0.5}),
        ]

    assert simulated(tmp_path, talk, Wall()) == [
        "ended",
        "no arrival is left",
        "calendar_exhausted",
    ]


def test_without_a_script_there_is_nothing_to_read_or_stop(tmp_path: Path) -> None:
    async def talk(world: Simulated) -> list[str]:
        await world.open()
        return [await world.refused("GET", "/script"), await world.refused("DELETE", "/script")]

    assert simulated(tmp_path, talk, Wall()) == ["script_unknown", "script_unknown"]
