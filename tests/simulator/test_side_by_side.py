"""Many worlds at once: in one process, where idle ones cost nothing, and in several processes."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.worlds import Party, in_a_world

from .forked import served
from .parties import Control, Platform, announcement, declaration


def test_hundreds_of_sandboxes_keep_to_themselves_and_rest(tmp_path: Path) -> None:
    """An idle sandbox has no task that runs: its alarm is set for the next due time, if any."""
    ids = [f"shop-{number}" for number in range(200)]

    async def talk(party: Party) -> tuple[set[int], set[str], int]:
        await party.control("GET", "/sandboxes")  # What the whole process needs is under way.
        before = len(asyncio.all_tasks())
        for id in ids:
            await party.create(id, rate=1.0)
        answers = await asyncio.gather(*(party.register(id) for id in ids))
        named = {answer.json()["id"] for answer in answers}
        states = [await party.state(id) for id in ids]
        assert [state["sequence"] for state in states] == [2] * len(ids)
        assert len({state["regulator_public_key"] for state in states}) == len(ids)
        while len(asyncio.all_tasks()) > before:  # The looks that the registrations asked for.
            await asyncio.sleep(0)
        tasks_more = len(asyncio.all_tasks()) - before
        return {answer.status_code for answer in answers}, named, tasks_more

    assert in_a_world(tmp_path, talk) == ({201}, {"reg-1"}, 0)


def a_day(state: Path) -> list[int]:
    """One process from its start to its end; the sandbox has the same name everywhere."""
    with served(state) as running:
        tester, platform = Control(running), Platform(running)
        tester.post("", {"id": "sb", "passcode": "open sesame"})
        platform.register()
        answers = [
            platform.call("POST", "/declarations", declaration(), idempotency_key="d-1"),
            platform.call("POST", "/transmissions", announcement(), idempotency_key="t-1"),
            platform.pay(b"12.34"),
        ]
        assert tester.get("/sb")["sequence"] == 5
        return [answer.status_code for answer in answers]


def test_processes_at_once_never_meet(tmp_path: Path) -> None:
    """Ports are free ones, and everything that a process writes is below its state directory."""
    places = [tmp_path / f"state-{number}" for number in range(4)]
    with ThreadPoolExecutor(len(places)) as at_once:
        days = list(at_once.map(a_day, places))

    assert days == [[201, 201, 202]] * len(places)
    assert sorted(path.name for path in tmp_path.iterdir()) == [place.name for place in places]
