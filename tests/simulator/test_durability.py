"""A full disk, a locked, a read-only and a lost database: acknowledgements stop, none that was
given is lost, readiness says so, and what could not be written did not happen."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.journal.verify import verify
from tests.worlds import ANNOUNCEMENT, Party, in_a_world

from .forked import served
from .parties import TOKEN, Control, Platform, Served, announcement, declaration


def connected(running: Served) -> tuple[Control, Platform]:
    tester, platform = Control(running), Platform(running)
    tester.post("", {"id": "sb", "passcode": "open sesame", "seed": 7})
    platform.register()
    declared = platform.call("POST", "/declarations", declaration(), idempotency_key="d-1")
    assert declared.status_code == 201, declared.text
    return tester, platform


def announce_until_refused(platform: Platform) -> tuple[list[str], httpx.Response]:
    """The transmissions that were acknowledged, and the first answer that was none."""
    acknowledged: list[str] = []
    while True:
        key = f"t-{len(acknowledged) + 1}"
        answer = platform.call("POST", "/transmissions", announcement(), idempotency_key=key)
        if answer.status_code != 201:
            return acknowledged, answer
        acknowledged.append(answer.json()["id"])
        assert len(acknowledged) < 10_000, "the disk never filled"


def health(running: Served) -> int:
    return running.http.get(f"{running.base}/readyz").status_code


def test_a_full_disk_stops_acknowledgements_and_loses_none(tmp_path: Path) -> None:
    with served(tmp_path, file_bytes_max=300_000) as running:
        tester, platform = connected(running)
        before = health(running)
        acknowledged, refused = announce_until_refused(platform)
        paid = platform.pay(b"12.34")
        ordered = running.http.post(
            f"{running.base}/control/sandboxes/sb/orders",
            json={"order": "suspend"},
            headers={"authorization": f"Bearer {TOKEN}"},
        )
        after = health(running)

    with served(tmp_path) as again:  # Space is there once more.
        tester = Control(again)
        platform = Platform(again, key_id=platform.key_id)
        journal = tester.journal()
        retried = platform.call(
            "POST",
            "/transmissions",
            announcement(),
            idempotency_key=f"t-{len(acknowledged) + 1}",
        )

    assert (before, after) == (200, 503)
    answers = (refused, paid, ordered)
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert [answer.headers["retry-after"] for answer in answers] == ["5", "5", "5"]
    assert refused.json()["code"] == ordered.json()["code"] == "journal_unavailable"
    assert verify(journal).entries == len(acknowledged) + 3
    assert transmissions_in(journal) == acknowledged
    assert (retried.status_code, retried.json()["id"]) == (201, f"trm-{len(acknowledged) + 1}")


def transmissions_in(journal: list[str]) -> list[str]:
    """The ids of all that were announced."""
    bodies = [json.loads(json.loads(line)["content"])["body"] for line in journal]
    return [
        event["id"]
        for body in bodies
        for event in body.get("events", ())
        if event["event"] == "transmission_announced"
    ]


def lose(state: Path) -> None:
    (state / "journal.sqlite").unlink()


def lose_with_its_log(state: Path) -> None:
    for name in ("journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"):
        (state / name).unlink()


def lose_its_log(state: Path) -> None:
    (state / "journal.sqlite-wal").unlink()


def lose_the_whole_directory(state: Path) -> None:
    shutil.rmtree(state)


def move_away(state: Path) -> None:
    (state / "journal.sqlite").rename(state / "elsewhere.sqlite")


@pytest.mark.parametrize(
    "how",
    [lose, lose_with_its_log, lose_the_whole_directory, move_away],
    ids=lambda how: how.__name__,
)
def test_a_lost_database_is_put_back_and_nothing_acknowledged_is_lost(
    how: Callable[[Path], None], tmp_path: Path
) -> None:
    """The process still holds the file; it ends its service, since another may want the place."""
    state = tmp_path / "state"
    with served(state) as running:
        tester, platform = connected(running)
        paid = platform.pay(b"12.34")
        before = tester.journal()
        how(state)
        refused = platform.call("POST", "/transmissions", announcement(), idempotency_key="t-1")
        again = platform.pay(b"56.78")
        ready = health(running)

    with served(state) as restarted:
        after = Control(restarted).journal()

    assert paid.status_code == 202
    assert (refused.status_code, again.status_code, ready) == (503, 503, 503)
    assert refused.json()["detail"].endswith(
        "journal.sqlite); nothing is acknowledged any more:"
        " free the disk or its permissions, then start again"
    )
    assert after[: len(before)] == before
    assert verify(after).entries <= len(before) + 1  # What nobody was told of may be there too.
    assert ((state / "journal.sqlite").stat().st_mode & 0o077) == 0


@pytest.mark.parametrize("how", [lose_its_log])
def test_where_the_place_is_taken_what_was_acknowledged_is_saved_beside(
    how: Callable[[Path], None], tmp_path: Path
) -> None:
    with served(tmp_path) as running:
        _, platform = connected(running)
        how(tmp_path)
        refused = platform.call("POST", "/transmissions", announcement(), idempotency_key="t-1")

    assert refused.status_code == 503
    assert "journal.sqlite.saved" in refused.json()["detail"]
    with closing(sqlite3.connect(tmp_path / "journal.sqlite.saved")) as saved:
        assert saved.execute("SELECT count(*) FROM entries").fetchone() >= (3,)


async def until(ready: bool, party: Party) -> None:
    """Returns when readiness says so."""
    while (await party.world.why_not_ready() is None) is not ready:
        await asyncio.sleep(0.01)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """A stranger holds the database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as stranger:
        stranger.execute("BEGIN IMMEDIATE")
        yield
        stranger.execute("ROLLBACK")


@contextmanager
def read_only(party: Party) -> Iterator[None]:
    """As on a disk that was remounted: sqlite answers every write with SQLITE_READONLY."""
    party.world._store._writer.connection.execute("PRAGMA query_only = ON")
    yield
    party.world._store._writer.connection.execute("PRAGMA query_only = OFF")


@pytest.mark.parametrize("trouble", ["locked", "read-only"])
def test_what_passes_is_gone_on_from_without_a_restart(trouble: str, tmp_path: Path) -> None:
    """From what is on disk: the refused messages did not happen, whoever saw them folded."""

    async def talk(party: Party) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
        party.world._store._writer.connection.execute("PRAGMA busy_timeout = 0")
        await party.create("shop")
        await party.begin("shop")
        before = await party.state("shop")
        path = tmp_path / "journal.sqlite"
        with locked(path) if trouble == "locked" else read_only(party):
            first = await party.ask("shop", "POST", "/transmissions", ANNOUNCEMENT, key="lost-1")
            second = await party.ask("shop", "POST", "/transmissions", ANNOUNCEMENT, key="lost-2")
            ordered = await party.control(
                "POST", "/sandboxes/shop/orders", json={"order": "suspend"}
            )
            created = await party.control("POST", "/sandboxes", json={"id": "other"})
            refused = [answer.status_code for answer in (first, second, ordered, created)]
            assert refused == [503] * 4
            assert await party.world.why_not_ready() == "the journal cannot be written"
        await until(True, party)
        after = await party.state("shop")
        again = await party.ask("shop", "POST", "/transmissions", ANNOUNCEMENT, key="lost-1")
        assert (again.status_code, again.json()["id"]) == (201, "trm-3"), again.text
        assert party.world.ids() == ["shop"]
        return before, after, await party.journal("shop")

    before, after, journal = in_a_world(tmp_path, talk)

    assert after == before
    assert verify(journal).entries == before["sequence"] + 1


def test_a_slow_store_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit that waits for a lock neither fails nor comes: readiness does not wait for it."""
    monkeypatch.setattr("simulator.world.COMMIT_S_MAX", 0.01)

    async def talk(party: Party) -> tuple[str | None, bool]:
        await party.create("shop")
        with locked(tmp_path / "journal.sqlite"):
            while_locked = await party.world.why_not_ready()
        await until(True, party)
        return while_locked, (await party.register("shop")).status_code == 201

    assert in_a_world(tmp_path, talk) == ("the journal was not written within 0.01 s", True)
