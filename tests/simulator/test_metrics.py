"""What the process tells of itself: alive, ready, its counts, and how near it is to its limit."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import httpx
from prometheus_client.parser import text_string_to_metric_families

from simulator.serve import Simulator, build

TOKEN = "let-me-in"
BEARER = {"authorization": f"Bearer {TOKEN}"}
STRANGE = "no-operation-of-ours"
R = TypeVar("R")


def at_the_door(folder: Path, talk: Callable[[httpx.AsyncClient, Simulator], Awaitable[R]]) -> R:
    """What a talk with a whole simulator without sockets came to."""

    async def opened() -> R:
        simulator = build(folder, TOKEN)
        transport = httpx.ASGITransport(simulator)
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                return await talk(client, simulator)
        finally:
            await simulator.close()

    return asyncio.run(opened())


def values(text: str) -> dict[tuple[str, str], float]:
    """Every sample by its name and its labels."""
    return {
        (sample.name, ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))):
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }  # fmt: skip


async def create(client: httpx.AsyncClient) -> None:
    await client.post("/control/sandboxes", json={"id": "sb"}, headers=BEARER)


def test_requests_are_counted_by_words_of_ours_alone(tmp_path: Path) -> None:
    async def talk(client: httpx.AsyncClient, simulator: Simulator) -> str:
        await create(client)
        await client.get("/sb/v1/time")
        await client.get("/sb/v1/time")
        await client.get(f"/sb/v1/{STRANGE}?{STRANGE}", headers={"x": STRANGE})
        await client.request(STRANGE.upper(), "/sb/v1/time")
        return (await client.get("/metrics", headers=BEARER)).text

    text = at_the_door(tmp_path, talk)

    counted = values(text)
    name = "reinspect_requests_total"
    assert {labels: value for (sample, labels), value in counted.items() if sample == name} == {
        "operation=time,refusal=signature_missing,status=401": 2.0,
        "operation=unknown,refusal=not_found,status=404": 1.0,
        "operation=unknown,refusal=method_not_allowed,status=405": 1.0,
    }
    assert STRANGE not in text.lower()
    assert counted["reinspect_request_seconds_count", "operation=time"] == 2
    assert counted["reinspect_stage_seconds_count", "stage=verify"] == 2
    assert counted["reinspect_stage_seconds_count", "stage=commit"] == 4
    assert counted["reinspect_journal_entries_total", ""] == 5
    assert counted["reinspect_journal_commit_seconds_count", ""] >= 4


def test_gauges_tell_of_sandboxes_faults_and_requests_under_way(tmp_path: Path) -> None:
    async def talk(client: httpx.AsyncClient, simulator: Simulator) -> str:
        await create(client)
        fault = {"name": "unreachable", "scope": "regulator", "times": 9}
        await client.post("/control/sandboxes/sb/faults", json=fault, headers=BEARER)
        return (await client.get("/metrics", headers=BEARER)).text

    told = values(at_the_door(tmp_path, talk))

    gauges = ("sandboxes", "sandboxes_open", "faults_armed", "in_flight_requests", "alerts")
    assert [told[f"reinspect_{gauge}", ""] for gauge in gauges] == [1, 1, 1, 1, 0]
    assert (told["reinspect_notices_pending", ""], told["reinspect_notices_dead", ""]) == (0, 0)
    assert told["reinspect_journal_queue", ""] == 0


def test_metrics_are_for_whoever_has_the_control_token(tmp_path: Path) -> None:
    async def talk(client: httpx.AsyncClient, simulator: Simulator) -> list[int]:
        tried: list[dict[str, str]] = [{}, {"authorization": "Bearer guess"}, BEARER]
        answers = [await client.get("/metrics", headers=headers) for headers in tried]
        return [answer.status_code for answer in answers]

    assert at_the_door(tmp_path, talk) == [401, 403, 200]


def test_saturation_is_seen_where_something_holds_up_the_loop(tmp_path: Path) -> None:
    async def talk(client: httpx.AsyncClient, simulator: Simulator) -> dict[str, float]:
        saturation = simulator.world.saturation
        saturation.start()
        await asyncio.to_thread(lambda: None)  # The first look has begun.
        while not saturation.loop_lag_s > 0.05:
            sum(range(3_000_000))
            await asyncio.to_thread(lambda: None)
        answer = await client.get("/control/saturation", headers=BEARER)
        told: dict[str, float] = answer.json()
        return told

    told = at_the_door(tmp_path, talk)

    assert told["event_loop_lag_s"] > 0.05
    assert told["processor_share"] > 0.1
    assert (told["journal_queue"], told["in_flight_requests"]) == (0, 1)


def test_a_process_that_cannot_commit_is_alive_but_not_ready(tmp_path: Path) -> None:
    async def talk(client: httpx.AsyncClient, simulator: Simulator) -> list[httpx.Response]:
        before = await client.get("/readyz")
        with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as another:
            another.execute("DROP TABLE pulse")
        return [before, await client.get("/readyz"), await client.get("/healthz")]

    before, ready, alive = at_the_door(tmp_path, talk)

    assert (before.status_code, before.json()) == (200, {"status": "ready"})
    assert ready.status_code == 503
    assert ready.json() == {"status": "not ready", "reason": "the journal cannot be written"}
    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})


def test_no_sandbox_can_take_the_place_of_what_the_process_answers(tmp_path: Path) -> None:
    async def talk(client: httpx.AsyncClient, simulator: Simulator) -> list[int]:
        names = ("control", "healthz", "readyz", "metrics")
        bodies = [{"id": name} for name in names]
        answers = [
            await client.post("/control/sandboxes", json=body, headers=BEARER) for body in bodies
        ]
        return [answer.status_code for answer in answers]

    assert at_the_door(tmp_path, talk) == [422] * 4
