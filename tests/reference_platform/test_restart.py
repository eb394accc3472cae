"""What was taken is carried to its end, whenever the platform is killed."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from simulator.reference_platform.journey import Stage
from tests.reference_platform.test_payment_flow import CROSSING
from tests.reference_platform.world import World, order, running


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize(
    "place", ["/transmissions", "/feed", "/settlements", "/closing", "/lineage"]
)
def test_a_payment_goes_on_where_it_was_and_takes_effect_once(
    place: str, lost: bool, tmp_path: Path
) -> None:
    """Killed while the message of one step is under way; it had arrived (`lost`), or had not."""
    world = World()

    async def story() -> Stage:
        async with running(world, tmp_path) as platform:
            before = world.tries
            if lost:
                world.lose_answer = lambda path: path.endswith(place)
            else:
                world.cut_off = lambda path: path.endswith(place)
            taken = platform.take(order())
            await world.until(lambda: _was_tried(world, place, lost, before))
        world.lose_answer = world.cut_off = lambda path: False
        async with running(world, tmp_path) as platform:
            await platform.drained()
            journey = platform.outbox.read(taken.id)
            assert journey is not None
            return journey.stage

    assert asyncio.run(story()) is Stage.SETTLED
    distinct = {(seen.what, seen.key, seen.body) for seen in world.seen if seen.what in CROSSING}
    assert sorted(what for what, _, _ in distinct) == sorted(CROSSING)


def _was_tried(world: World, place: str, lost: bool, before: int) -> bool:
    steps = ["/transmissions", "/feed", "/settlements", "/feed", "/closing", "/lineage"]
    return world.tries > before + steps.index(place)


def test_payments_that_were_taken_survive_a_kill(tmp_path: Path) -> None:
    """A process of its own and a real SIGKILL; no regulator is there, so everything is pending."""
    nowhere = "http://127.0.0.1:9"
    command = [
        *(sys.executable, "-m", "simulator.reference_platform", "--port", "0"),
        *("--regulator", f"{nowhere}/main/v1", "--recipient", f"{nowhere}/main/recipients"),
        *("--passcode", "open sesame", "--state", str(tmp_path)),
    ]
    url, process = _started(command)
    try:
        taken = [
            httpx.post(f"{url}/payments", json=order(f"order-{number}")).json()["payment_id"]
            for number in range(10)
        ]
        assert httpx.get(f"{url}/healthz").status_code == 503
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()

    url, process = _started(command)
    try:
        told = [httpx.get(f"{url}/payments/{id}").json()["status"] for id in taken]
    finally:
        process.terminate()
        process.communicate()
    assert told == ["pending"] * 10


def _started(command: list[str]) -> tuple[str, "subprocess.Popen[str]"]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    announced = re.search(r"http://\S+", process.stdout.readline())
    assert announced is not None
    return announced[0], process
