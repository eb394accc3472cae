"""Kills a serving simulator again and again, and asks each next one what it remembers.

    python -m tests.simulator.soak --kills 1000

While clients send payloads, announcements and records over HTTP, the process is killed with SIGKILL
at seeded points, some of them while it still starts. Afterwards every acknowledged message must be
in the journal, the chain whole, and a message whose answer was lost must count once when it is sent
again.
"""

import argparse
import asyncio
import hashlib
import json
import random
import sqlite3
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from simulator.journal.verify import verify

from .forked import Forked, spawn, start
from .parties import TOKEN, Control, Platform, announcement, declaration

WORKERS = 6
ACKNOWLEDGED_MAX = 40
"""A life ends after at most so many acknowledgements."""
JITTER_S_MAX = 0.004
"""And a seeded part of this later, so that any step of a request can be the last one."""
STARTING_S_MAX = 0.1
KILLED_AT_START = 0.12
KILLS_A_STATE = 25
"""After so many kills the next state directory is used, so that recovery stays quick."""


class Lost(AssertionError):
    """The journal does not hold what it acknowledged."""


@dataclass
class Account:
    """What the clients know: what was acknowledged, and what may or may not have been taken."""

    payloads: set[str] = field(default_factory=set)
    """Digests."""
    announced: dict[str, str] = field(default_factory=dict)
    """Transmission by idempotency key."""
    unanswered: set[str] = field(default_factory=set)
    """Idempotency keys."""
    records: dict[str, int] = field(default_factory=dict)
    """Sequence number by payment."""
    sent: int = 0

    @property
    def acknowledged(self) -> int:
        """How many messages were acknowledged so far."""
        return len(self.payloads) + len(self.announced) + len(self.records)

    def next_name(self) -> str:
        """A name for the next message that no other has."""
        self.sent += 1
        return f"m-{self.sent}"


@dataclass(frozen=True)
class Outcome:
    """What a soak came to."""

    kills: int
    acknowledged: int
    entries: int
    resent: int


@dataclass
class Client:
    """One who sends until the simulator is gone."""

    platform: Platform
    account: Account
    http: httpx.AsyncClient
    on_acknowledged: Callable[[], None]

    async def send(self, chance: random.Random) -> None:
        """Message after message; returns when the connection breaks."""
        ways = (self._pay, self._announce, self._record)
        with suppress(httpx.TransportError):
            while True:
                await chance.choice(ways)(self.account.next_name())
                self.on_acknowledged()

    async def announce_again(self) -> None:
        """Everything that was never answered; a second time must give the first answer."""
        for key in sorted(self.account.unanswered):
            await self._announce(key)

    async def _pay(self, name: str) -> None:
        payload = json.dumps({"payment": name, "pad": "x" * 500}).encode()
        url = f"{self.platform.at.base}/sb/recipients/acquirer-sg/settlements"
        _expect(await self.http.post(url, content=payload), 202)
        self.account.payloads.add(hashlib.sha256(payload).hexdigest())

    async def _announce(self, key: str) -> None:
        self.account.unanswered.add(key)
        request = self.platform.request(
            "POST", "/transmissions", announcement(), idempotency_key=key
        )
        answer = _expect(await self.http.send(request), 201)
        self.account.unanswered.discard(key)
        self.account.announced[key] = answer["id"]

    async def _record(self, name: str) -> None:
        body = {"payment": name, "outcome": "settled", "seen_at": "2023-06-01T00:00:00Z"}
        answer = await self.http.post(
            f"{self.platform.at.base}/control/sandboxes/sb/records",
            json={"records": [{"kind": "followed", "body": body}]},
            headers={"authorization": f"Bearer {TOKEN}"},
        )
        self.account.records[name] = _expect(answer, 201)["sequence"]


def _expect(answer: httpx.Response, status: int) -> Any:
    if answer.status_code != status:
        raise Lost(f"{answer.request.url} answered {answer.status_code}: {answer.text}")
    return answer.json()


async def live_and_die(served: Forked, key_id: str, account: Account, chance: random.Random) -> int:
    """One life: traffic until a seeded number of acknowledgements, and then the kill.

    What was left unanswered by the life before is sent again first; the number of those messages.
    """
    due = account.acknowledged + chance.randint(1, ACKNOWLEDGED_MAX)
    enough = asyncio.Event()

    def count() -> None:
        if account.acknowledged >= due:
            enough.set()

    async with httpx.AsyncClient(timeout=20, trust_env=False) as http:
        client = Client(Platform(served, key_id=key_id), account, http, count)
        resent = len(account.unanswered)
        await client.announce_again()
        seeds = [chance.randrange(2**32) for _ in range(WORKERS)]
        sending = [_task(client.send(random.Random(seed))) for seed in seeds]
        waiting = _task(enough.wait())
        await asyncio.wait({waiting, *sending}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(chance.uniform(0, JITTER_S_MAX))
        served.kill()
        await asyncio.gather(waiting if enough.is_set() else _cancelled(waiting), *sending)
    return resent


def _task(work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    return asyncio.get_running_loop().create_task(work)


async def _cancelled(task: "asyncio.Task[Any]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def check(lines: list[str], account: Account) -> None:
    """Every acknowledged message is in the journal, once, and the chain is whole."""
    verify(lines)
    payloads: set[str] = set()
    announced: dict[str, list[str]] = {}
    records: dict[str, int] = {}
    for line in lines:
        content = json.loads(json.loads(line)["content"])
        body = content["body"]
        if content["kind"] == "arrival":
            payloads.add(body["body"]["sha256"])
        elif content["kind"] == "followed":
            records[body["payment"]] = content["sequence"]
        elif content["kind"] == "exchange" and body["operation"] == "announce" and body["taken"]:
            announced.setdefault(body["idempotency_key"], []).append(body["answer"]["id"])

    if missing := account.payloads - payloads:
        raise Lost(f"{len(missing)} acknowledged payloads are not in the journal")
    if wrong := {key for key, id in account.announced.items() if announced.get(key) != [id]}:
        raise Lost(f"announcements are lost, changed or taken twice: {sorted(wrong)[:5]}")
    if wrong := {name for name, at in account.records.items() if records.get(name) != at}:
        raise Lost(f"records are lost or moved: {sorted(wrong)[:5]}")


def soak_one(state: Path, *, kills: int, chance: random.Random) -> Outcome:
    """All kills on one state directory."""
    served = start(state)
    try:
        Control(served).post("", {"id": "sb", "passcode": "open sesame", "seed": 7})
        platform = Platform(served)
        platform.register()
        platform.call("POST", "/declarations", declaration(), idempotency_key="d-1")
        account, resent = Account(), 0
        for _ in range(kills):
            if chance.random() < KILLED_AT_START:
                served.kill()
                served = spawn(state)
                served.process.join(chance.uniform(0, STARTING_S_MAX))
                served.kill()
            else:
                resent += asyncio.run(live_and_die(served, platform.key_id, account, chance))
            served = start(state)
            check(Control(served).journal(), account)
        entries = len(Control(served).journal())
    finally:
        served.kill()
    with closing(sqlite3.connect(state / "journal.sqlite")) as database:
        if (said := database.execute("PRAGMA integrity_check").fetchone()) != ("ok",):
            raise Lost(f"the database is torn: {said}")
    return Outcome(kills, account.acknowledged, entries, resent)


def soak(*, kills: int, seed: int, tell: Callable[[str], None]) -> list[Outcome]:
    """As many state directories as the kills need."""
    chance = random.Random(seed)
    outcomes: list[Outcome] = []
    while (done := sum(outcome.kills for outcome in outcomes)) < kills:
        with tempfile.TemporaryDirectory(prefix="reinspect-soak-") as state:
            now = min(KILLS_A_STATE, kills - done)
            outcomes.append(soak_one(Path(state), kills=now, chance=chance))
        tell(f"{done + now} of {kills} kills: {outcomes[-1]}")
    return outcomes


def main() -> None:
    """Exit code 0: nothing was lost."""
    parser = argparse.ArgumentParser(description="Kills a serving simulator again and again.")
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    outcomes = soak(kills=asked.kills, seed=asked.seed, tell=print)
    acknowledged = sum(outcome.acknowledged for outcome in outcomes)
    print(f"{asked.kills} kills, {acknowledged} acknowledged messages, none lost, no entry torn")


if __name__ == "__main__":
    main()
