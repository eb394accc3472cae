"""The clock goes to a time, to the next thing or at a rate, and everything happens on the way."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from simulator.control import clock as clock_resource
from simulator.journal.verify import verify
from simulator.law.materials import BY_NUMBER
from simulator.recipient.app import Recipients
from simulator.regulator.api.declarations import REQUEST as DECLARATION
from simulator.regulator.lifecycle import order
from simulator.world import Site
from tests.control.simulated import Json, Simulated, simulated
from tests.regulator.connected import OPENED_AT, REGISTRATION, Wall, connected


def told(answer: Json) -> list[tuple[str, str]]:
    return [(one["at"], one["command"]) for one in answer["happened"]]


def test_the_next_deadline_is_gone_to_and_named(tmp_path: Path) -> None:
    async def talk(world: Simulated) -> list[Any]:
        await world.open()
        await world.declare()
        await world.control("POST", "/orders", {"order": "suspend"})
        first = await world.advance(to_next=True)
        second = await world.advance(to_next=True)
        return [first["now"], first["reached"], second["now"], second["reached"], told(second)]

    near = {"at": "2023-06-26T00:00:00Z", "command": "near_deadline", "subject": "cas-1"}
    passed = {"at": "2023-07-01T00:00:00Z", "command": "pass_deadline", "subject": "cas-1"}
    assert simulated(tmp_path, talk, Wall()) == [
        "2023-06-26T00:00:00Z",
        [near],
        "2023-07-01T00:00:00Z",
        [passed],
        [("2023-07-01T00:00:00Z", "pass_deadline cas-1")],
    ]


def test_where_nothing_is_pending_the_clock_stands_and_says_why(tmp_path: Path) -> None:
    async def talk(world: Simulated) -> Json:
        await world.open()
        return await world.advance(to_next=True)

    answer = simulated(tmp_path, talk, Wall())

    assert (answer["now"], answer["reached"], answer["happened"]) == (
        "2023-06-01T00:00:00Z",
        [],
        [],
    )
    assert answer["detail"] == "nothing is pending, so there is no next time to go to"


def test_a_rate_set_while_the_sandbox_lives_is_in_force_after_a_restart(tmp_path: Path) -> None:
    wall = Wall()

    async def before(world: Simulated) -> Json:
        await world.open()
        return await world.control("PUT", "/clock", {"rate": 1440})

    async def after(world: Simulated) -> list[Any]:
        clock = await world.control("GET", "/clock")
        reset = await world.control("POST", "/reset")
        lines = (await world.tester.get("/sandboxes/sb/journal")).text.splitlines()
        return [clock["now"], clock["rate"], reset["rate"], verify(lines).entries]

    assert simulated(tmp_path, before, wall)["rate"] == 1440
    wall.go_on(60)
    assert simulated(tmp_path, after, wall) == ["2023-06-02T00:00:00Z", 1440, 0, 1]


@pytest.mark.parametrize("rate", [-1, 1_000_001, "fast", None])
def test_an_impossible_rate_is_refused(tmp_path: Path, rate: object) -> None:
    async def talk(world: Simulated) -> str:
        await world.open()
        return await world.refused("PUT", "/clock", {"rate": rate})

    assert simulated(tmp_path, talk, Wall()) == "body_invalid"


def test_at_a_high_rate_everything_happens_in_order_and_at_its_own_time(tmp_path: Path) -> None:
    """Forty days pass between two looks at the clock."""

    async def talk(world: Simulated) -> list[tuple[str, str]]:
        await world.open()
        await world.declare()
        await world.control("POST", "/orders", {"order": "suspend"})
        await world.control("PUT", "/clock", {"rate": 1_000_000})
        world.wall.go_on(40 * 0.0864)
        assert (await world.tell("GET", "/cases/cas-1"))["status"] == "failed"
        return [
            (notice["time"], notice["type"])
            for notice in (await world.tell("GET", "/notices"))["items"]
        ]

    assert simulated(tmp_path, talk, Wall()) == [
        ("2023-06-01T00:00:00Z", "inspection.opened"),
        ("2023-06-01T00:00:00Z", "export.suspended"),
        ("2023-06-26T00:00:00Z", "deadline.near"),
        ("2023-07-01T00:00:00Z", "case.decided"),
        ("2023-07-01T00:00:00Z", "authorization.revoked"),
    ]


def test_a_request_finds_what_fell_due_before_it(tmp_path: Path) -> None:
    """Also where no tick came between; the clock runs, and the ticks of this loop never get to."""

    async def talk(world: Simulated) -> list[str]:
        await world.open(rate=86_400)
        await world.control("PUT", "/policy", {"declarations": "after", "after_s": 3600})
        declared = await world.tell("POST", "/declarations", DECLARATION)
        world.wall.go_on(0.05)
        return [declared["status"], (await world.tell("GET", "/declarations/dcl-1"))["status"]]

    assert simulated(tmp_path, talk, Wall()) == ["received", "accepted"]


def test_the_clock_waits_until_notices_are_brought_and_tells_each_attempt(tmp_path: Path) -> None:
    with connected(tmp_path) as regulator:
        regulator.register(callback_url="http://127.0.0.1:9/callback")
        regulator.settle()
        regulator.callback.statuses = [503]
        site = Site(regulator.sandbox, regulator.office, Recipients(regulator.sandbox))
        suspend(regulator.runner, site)

        way = regulator.runner.run(clock_resource.go_to(site, at_day(26), wait_s=10))

        assert [one.command for one in way.happened if "ntc-3" in one.command] == [
            "deliver ntc-3, attempt 1: 200"
        ]
        commands = [one.command for one in way.happened]
        assert commands.index("near_deadline cas-1") < commands.index(
            "deliver ntc-3, attempt 1: 200"
        )
        assert way.undelivered(site) == ((), ())


def test_a_clock_without_patience_tells_which_notices_are_still_under_way(tmp_path: Path) -> None:
    with connected(tmp_path) as regulator:
        regulator.register(callback_url="http://127.0.0.1:9/callback")
        regulator.settle()
        site = Site(regulator.sandbox, regulator.office, Recipients(regulator.sandbox))
        regulator.callback.statuses = [503] * 20
        suspend(regulator.runner, site)

        way = regulator.runner.run(clock_resource.go_to(site, at_day(26), wait_s=0))

        assert way.undelivered(site) == (("ntc-3",), ())
        regulator.callback.statuses.clear()
        regulator.settle()


def at_day(day: int) -> Any:
    return OPENED_AT.replace(day=day)


def suspend(runner: asyncio.Runner, site: Site) -> None:
    """Thirty days run from the opening of the sandbox."""
    outcome = order.suspend(site.office.state, "reg-1", None, "a test", OPENED_AT)
    assert isinstance(outcome, tuple)
    runner.run(site.office.decide("tester", "suspend", outcome))


async def thirty_days(world: Simulated) -> list[tuple[str, str, list[str]]]:
    """A suspension, its materials and a re-inspection on day 22, and the days after."""
    await world.open()
    await world.declare()
    await world.control("PUT", "/policy", {"reinspections": "after", "after_s": 86_400})
    await world.control("POST", "/orders", {"order": "suspend"})
    advanced = [await world.advance(by_s=20 * 86_400)]
    for number in BY_NUMBER:
        material = {
            "title": f"material {number}",
            "document_date": "2023-06-20",
            "digest": "1" * 64,
            "sealed": True,
            "uscc": REGISTRATION["uscc"],
        }
        await world.tell("PUT", f"/cases/cas-1/materials/{number}", material)
    await world.tell("POST", "/cases/cas-1/reinspection")
    advanced.append(await world.advance(by_s=10 * 86_400))
    assert (await world.tell("GET", "/cases/cas-1"))["status"] == "lifted"
    return [
        (one["at"], one["command"], [event["event"] for event in one["events"]])
        for answer in advanced
        for one in answer["happened"]
    ]


def test_thirty_days_pass_in_a_moment_and_the_same_seed_gives_the_same_list(
    tmp_path: Path,
) -> None:
    """No wall time passes at all: the clock of the walls stands still from beginning to end."""
    wall = Wall()
    first = simulated(tmp_path / "first", thirty_days, wall)
    second = simulated(tmp_path / "second", thirty_days, wall)

    assert first == [
        (
            "2023-06-22T00:00:00Z",
            "decide cas-1",
            ["reinspection_decided", "export_lifted", "notice_issued", "notice_issued"],
        ),
    ]
    assert first == second
    assert wall() == Wall()()


def test_the_clock_goes_beyond_the_calendar_where_no_working_day_is_counted(
    tmp_path: Path,
) -> None:
    async def talk(world: Simulated) -> list[tuple[str, str]]:
        await world.open(starts_at="2026-12-20T00:00:00Z")
        await world.control("POST", "/orders", {"order": "suspend"})
        return told(await world.advance(by_s=60 * 86_400))

    assert simulated(tmp_path, talk, Wall()) == [
        ("2027-01-14T00:00:00Z", "near_deadline cas-1"),
        ("2027-01-19T00:00:00Z", "pass_deadline cas-1"),
    ]


def test_the_clock_ends_where_dates_do(tmp_path: Path) -> None:
    async def talk(world: Simulated) -> str:
        await world.open(starts_at="2099-12-31T00:00:00Z")
        await world.advance(by_s=90 * 365 * 86_400)
        return await world.refused("POST", "/clock/advance", {"by_s": 20 * 365 * 86_400})

    assert simulated(tmp_path, talk, Wall()) == "body_invalid"
