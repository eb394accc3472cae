"""A request that chooses what the regulator does with it, where the sandbox lets it."""

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.regulator.api.declarations import REQUEST as DECLARATION
from tests.worlds import ANNOUNCEMENT, Party, in_a_world


def scenario(value: str) -> dict[str, str]:
    return {"reinspect-scenario": value}


async def bodies(party: Party) -> list[dict[str, Any]]:
    """What the entries of the journal say."""
    lines = await party.journal("shop")
    return [json.loads(json.loads(line)["content"])["body"] for line in lines]


async def connected(party: Party) -> None:
    await party.create("shop", scenario_headers=True)
    await party.begin("shop")


def test_one_request_meets_a_fault_and_the_next_none(tmp_path: Path) -> None:
    """It is in the journal like any fault: armed, struck, reverted."""

    async def talk(party: Party) -> list[dict[str, Any]]:
        await connected(party)
        before = len(await bodies(party))
        limited = await party.ask(
            "shop", "GET", "/time", headers=scenario("fault=rate_limited; retry_after_s=3")
        )
        calm = await party.ask("shop", "GET", "/time")
        assert (limited.status_code, limited.headers["retry-after"]) == (429, "3")
        assert calm.status_code == 200
        return (await bodies(party))[before:]

    armed, struck, reverted, calm = in_a_world(tmp_path, talk)

    assert (armed["name"], armed["state"], armed["operations"]) == (
        "rate_limited",
        "armed",
        ["time"],
    )
    assert armed["parameters"] == {
        "retry_after_s": 3,
        "probability": 1.0,
        "times": 1,
        "ttl_s": None,
    }
    assert (struck["fault"], struck["status"], struck["taken"]) == ("flt-1", 429, False)
    assert (reverted["fault"], reverted["state"]) == ("flt-1", "reverted")
    assert (calm["fault"], calm["status"]) == (None, 200)


def test_an_answer_is_lost_after_the_message_was_taken(tmp_path: Path) -> None:
    async def talk(party: Party) -> tuple[int, str]:
        await connected(party)
        with pytest.raises(ConnectionResetError):
            await party.ask(
                "shop", "POST", "/transmissions", ANNOUNCEMENT, key="lost",
                headers=scenario("fault=answer_lost"),
            )  # fmt: skip
        again = await party.ask("shop", "POST", "/transmissions", ANNOUNCEMENT, key="lost")
        return again.status_code, again.headers["idempotency-replayed"]

    assert in_a_world(tmp_path, talk) == (201, "true")


@pytest.mark.parametrize(
    ("chosen", "status"),
    [
        ("decision=refuse", "refused"),
        ("decision=manual", "received"),
        ("decision=after; after_s=5", "received"),
        ("decision=after;after_s=0.5", "received"),
        ("decision=immediate", "accepted"),
    ],
)
@pytest.mark.parametrize(
    ("path", "message"), [("/declarations", DECLARATION), ("/transmissions", ANNOUNCEMENT)]
)
def test_one_message_is_decided_as_it_asks(
    chosen: str, status: str, path: str, message: dict[str, Any], tmp_path: Path
) -> None:
    async def talk(party: Party) -> None:
        await connected(party)
        headers = scenario(chosen)
        asked = await party.ask("shop", "POST", path, message, key="chosen", headers=headers)
        assert (asked.status_code, asked.json()["status"]) == (201, status), asked.text
        usual = await party.ask("shop", "POST", path, message, key="usual")
        assert usual.json()["status"] == "accepted"
        await party.control("POST", "/sandboxes/shop/clock/advance", json={"by_s": 5})
        later = await party.ask("shop", "GET", f"{path}/{asked.json()['id']}")
        assert later.json()["status"] == ("accepted" if "after" in chosen else status)
        assert (await party.state("shop"))["policy"]["declarations"] == "immediate"

    in_a_world(tmp_path, talk)


def test_what_was_decided_by_a_scenario_is_decided_after_a_restart(tmp_path: Path) -> None:
    async def before(party: Party) -> dict[str, Any]:
        await connected(party)
        headers = scenario("decision=refuse")
        await party.ask("shop", "POST", "/declarations", DECLARATION, key="no", headers=headers)
        return await party.state("shop")

    assert in_a_world(tmp_path, before) == in_a_world(tmp_path, lambda party: party.state("shop"))


def test_both_at_once(tmp_path: Path) -> None:
    async def talk(party: Party) -> tuple[int, str]:
        await connected(party)
        both = scenario("decision=manual, fault=latency;delay_s=0")
        asked = await party.ask(
            "shop", "POST", "/declarations", DECLARATION, key="both", headers=both
        )
        return asked.status_code, asked.json()["status"]

    assert in_a_world(tmp_path, talk) == (201, "received")


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("fault=rate_limitd", "did you mean 'rate_limited'?"),
        ("fault=notice_dropped", "name a fault that strikes the regulator"),
        ("fault=rate_limited;retry_after_s=x", "retry_after_s"),
        ("fault=rate_limited;patience=3", "be absent: the message has no such field at patience"),
        ("decision=refused", "did you mean 'refuse'?"),
        ("decision=after", "give after_s in seconds of sandbox time"),
        ("decision=after;after_s=-1", "give an after_s from 0"),
        ("decision=manual;after_s=1", "be absent: only after takes a parameter"),
        ("mood=bad", "be fault or decision; choose one of fault, decision"),
        ("fault==", "be a dictionary as RFC 9651 has it"),
    ],
)
def test_an_unknown_scenario_is_refused_with_the_nearest_right_ones(
    value: str, remedy: str, tmp_path: Path
) -> None:
    async def talk(party: Party) -> dict[str, Any]:
        await connected(party)
        answer = await party.ask(
            "shop", "POST", "/declarations", DECLARATION, key="k", headers=scenario(value)
        )
        assert len((await party.state("shop"))["authorizations"]) == 1
        return dict(answer.json())

    problem = in_a_world(tmp_path, talk)

    assert (problem["status"], problem["code"]) == (422, "scenario_unknown")
    assert problem["errors"][0]["pointer"] == "header:reinspect-scenario"
    assert remedy in problem["errors"][0]["expected"]


def test_a_decision_needs_something_to_decide(tmp_path: Path) -> None:
    async def talk(party: Party) -> list[str]:
        await connected(party)
        closing = {"outcome": "completed", "records": 0, "bytes": 0, "payloads": []}
        answers = [
            await party.ask("shop", "GET", "/time", headers=scenario("decision=refuse")),
            await party.ask(
                "shop", "POST", "/transmissions/trm-1/closing", closing, key="close",
                headers=scenario("decision=refuse"),
            ),
        ]  # fmt: skip
        assert (await party.state("shop"))["open_transmissions"] == 2
        return [answer.json()["code"] for answer in answers]

    assert in_a_world(tmp_path, talk) == ["scenario_unknown"] * 2


def test_a_sandbox_that_was_not_opened_for_it_lets_nobody_choose(tmp_path: Path) -> None:
    """A platform under examination must not steer its judge; that it tried is on record."""

    async def talk(party: Party) -> list[dict[str, Any]]:
        await party.create("shop")
        await party.begin("shop")
        for value in ("fault=unreachable", "decision=immediate", "nonsense=="):
            answer = await party.ask("shop", "GET", "/time", headers=scenario(value))
            assert (answer.status_code, answer.json()["code"]) == (403, "scenario_forbidden")
        return (await bodies(party))[-3:]

    for record in in_a_world(tmp_path, talk):
        assert (record["refusal"], record["platform"], record["fault"]) == (
            "scenario_forbidden",
            "reg-1",
            None,
        )


def test_a_reset_and_a_fork_keep_listening(tmp_path: Path) -> None:
    async def talk(party: Party) -> list[bool]:
        await connected(party)
        await party.control("POST", "/sandboxes/shop/fork", json={"id": "twin"})
        await party.control("POST", "/sandboxes/shop/reset")
        return [(await party.state(id))["scenario_headers"] for id in ("shop", "twin")]

    assert in_a_world(tmp_path, talk) == [True, True]
