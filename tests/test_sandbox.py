"""A sandbox is the fold of its journal: what is appended is folded, kept, and found again."""

import asyncio
import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator.journal.entry import Entry, JournalUnreadable
from simulator.journal.events import Event
from simulator.journal.events.registration import CallbackConfirmed
from simulator.journal.records import Opened, Staged
from simulator.journal.sqlite import SqliteStore
from simulator.journal.verify import Broken
from simulator.journal.writer import StoreFailed
from simulator.sandbox import Sandbox, SandboxClosed, SandboxExists, SandboxUnknown

START = datetime(2023, 6, 1, tzinfo=UTC)


class Hands:
    """A wall clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


@pytest.fixture
def hands() -> Hands:
    return Hands()


def created(store: SqliteStore, hands: Hands, id: str = "shop", rate: float = 1.0) -> Sandbox:
    """On disk when it is returned."""
    sandbox = Sandbox.create(
        store,
        id=id,
        passcode="open sesame",
        seed=7,
        starts_at=START,
        rule_pack="r2022",
        policy={"declarations": "immediate"},
        rate=rate,
        wall=hands,
    )
    asyncio.run(sandbox.all_durable())
    return sandbox


def marks(sandbox: Sandbox, *stories: str) -> list[Entry]:
    """Appends a mark for each story and waits until all are on disk."""

    async def write() -> list[Entry]:
        return [await sandbox.write(Staged("story_started", story)) for story in stories]

    return asyncio.run(write())


def meddle(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


def test_a_journal_begins_with_what_the_sandbox_was_created_with(
    store: SqliteStore, hands: Hands
) -> None:
    sandbox = created(store, hands)

    [genesis] = store.read("shop")
    public_key = b64encode(sandbox.regulator_key.public_key().public_bytes_raw()).decode()
    assert genesis.record == Opened(
        sandbox="shop",
        seed=7,
        starts_at=START,
        rule_pack="r2022",
        rate=1.0,
        regulator_public_key=public_key,
        policy={"declarations": "immediate"},
    )
    assert (genesis.wall_at, genesis.sandbox_at) == (hands.now, START)
    assert (sandbox.head, sandbox.next_sequence()) == (genesis.digest, 2)


def test_an_entry_is_folded_at_once_and_durable_later(store: SqliteStore, hands: Hands) -> None:
    sandbox = created(store, hands)
    folded: list[Entry] = []
    sandbox.follow(folded.append)

    async def story() -> Entry:
        entry = sandbox.append(Staged("run_started"))
        assert folded[-1] is entry
        await sandbox.durable(entry)
        return entry

    entry = asyncio.run(story())

    assert [entry.sequence for entry in folded] == [1, 2]
    assert list(store.read("shop")) == folded
    assert sandbox.head == entry.digest


def test_a_late_follower_gets_every_entry_once_and_in_order(
    store: SqliteStore, hands: Hands
) -> None:
    sandbox = created(store, hands)
    entries = [sandbox.append(Staged("action", facts={"number": number})) for number in range(50)]
    followed: list[Entry] = []

    sandbox.follow(followed.append)
    last = sandbox.append(Staged("run_ended"))

    assert followed[1:] == [*entries, last]


def test_recovery_finds_the_world_as_it_was(store: SqliteStore, path: Path, hands: Hands) -> None:
    before = created(store, hands)
    before.faults.arm("unreachable", scope="regulator", times=1)
    marks(before, "STO-01", "STO-02")
    store.close()

    reopened = SqliteStore(path)
    after = Sandbox.recover(reopened, "shop", wall=hands)
    followed: list[Entry] = []
    after.follow(followed.append)
    [later] = marks(after, "STO-03")

    assert (after.seed, after.rule_pack, after.passcode) == (7, "r2022", "open sesame")
    assert after.opened == before.opened
    assert after.regulator_key.private_bytes_raw() == before.regulator_key.private_bytes_raw()
    assert [arming.name for arming in after.faults] == ["unreachable"]
    assert [entry.sequence for entry in followed] == [1, 2, 3, 4, 5]
    assert list(reopened.read("shop")) == followed
    assert followed[-1] is later
    reopened.close()


def test_the_clock_runs_on_from_where_the_journal_ends(store: SqliteStore, hands: Hands) -> None:
    before = created(store, hands, rate=60.0)
    before.clock.advance_by(timedelta(days=9))
    hands.now += timedelta(seconds=1)
    marks(before, "STO-01")

    hands.now += timedelta(seconds=10)
    after = Sandbox.recover(store, "shop", wall=hands)

    assert after.clock.now() == START + timedelta(days=9, minutes=11)
    assert after.clock.now() == before.clock.now()


def test_a_wall_clock_set_back_meanwhile_does_not_set_back_the_sandbox(
    store: SqliteStore, hands: Hands
) -> None:
    marks(created(store, hands), "STO-01")

    hands.now -= timedelta(hours=1)

    assert Sandbox.recover(store, "shop", wall=hands).clock.now() == START


def test_an_altered_journal_is_not_recovered(store: SqliteStore, path: Path, hands: Hands) -> None:
    marks(created(store, hands), "STO-01", "STO-02")
    meddle(path, "UPDATE entries SET content = replace(content, 'STO-01', 'STO-09')")

    with pytest.raises(Broken, match=r"entry 2 is broken: .* \(journal of sandbox 'shop'\)"):
        Sandbox.recover(store, "shop")


def test_a_journal_without_its_opening_is_not_recovered(
    store: SqliteStore, path: Path, hands: Hands
) -> None:
    created(store, hands)
    meddle(path, "DELETE FROM entries")

    with pytest.raises(JournalUnreadable, match="does not start with its opening"):
        Sandbox.recover(store, "shop")


def test_an_id_is_taken_once_and_must_be_there(store: SqliteStore, hands: Hands) -> None:
    created(store, hands)

    with pytest.raises(SandboxExists, match="there is a sandbox 'shop' already"):
        created(store, hands)
    with pytest.raises(SandboxUnknown, match="there is no sandbox 'shopp'"):
        Sandbox.recover(store, "shopp")


def test_sandboxes_share_a_store_and_nothing_else(store: SqliteStore, hands: Hands) -> None:
    one, other = created(store, hands, "one"), created(store, hands, "other")

    marks(one, "STO-01")

    assert (one.next_sequence(), other.next_sequence()) == (3, 2)
    assert one.regulator_key.private_bytes_raw() != other.regulator_key.private_bytes_raw()
    assert [entry.sequence for entry in store.read("other")] == [1]


def test_salts_differ_between_entries_and_between_sandboxes(
    store: SqliteStore, hands: Hands
) -> None:
    marks(created(store, hands, "one"), "STO-01", "STO-02")
    marks(created(store, hands, "other"), "STO-01", "STO-02")

    salts = {entry.salt for id in ("one", "other") for entry in store.read(id)}

    assert len(salts) == 6


def test_writers_at_the_same_time_keep_one_order(store: SqliteStore, hands: Hands) -> None:
    sandbox = created(store, hands)
    acknowledged: list[int] = []

    async def writer(name: str) -> None:
        for _ in range(10):
            entry = await sandbox.write(Staged("action", name))
            acknowledged.append(entry.sequence)

    async def all_writers() -> None:
        await asyncio.gather(*(writer(f"STO-{number}") for number in range(20)))

    asyncio.run(all_writers())

    assert sorted(acknowledged) == list(range(2, 202))
    assert [entry.sequence for entry in store.read("shop")] == list(range(1, 202))


def test_one_who_gives_up_waiting_takes_nothing_from_the_others(
    store: SqliteStore, path: Path, hands: Hands
) -> None:
    sandbox = created(store, hands)

    async def story() -> Entry:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")  # The writer has to wait.
            impatient = asyncio.create_task(sandbox.write(Staged("action", "STO-01")))
            patient = asyncio.create_task(sandbox.write(Staged("action", "STO-02")))
            await asyncio.wait([impatient, patient], timeout=0)
            impatient.cancel()
            await asyncio.wait([impatient])
            other.execute("ROLLBACK")
        return await patient

    assert asyncio.run(story()).sequence == 3
    assert [entry.sequence for entry in store.read("shop")] == [1, 2, 3]


def test_a_store_that_fails_ends_acknowledgements_and_changes_nothing_more(
    store: SqliteStore, path: Path, hands: Hands
) -> None:
    sandbox = created(store, hands)
    meddle(path, "ALTER TABLE entries RENAME TO moved")

    with pytest.raises(StoreFailed):
        marks(sandbox, "STO-01")
    meddle(path, "ALTER TABLE moved RENAME TO entries")
    head = sandbox.head
    with pytest.raises(StoreFailed):
        sandbox.append(Staged("run_ended"))

    assert sandbox.head == head
    assert [entry.sequence for entry in store.read("shop")] == [1]


def test_a_fold_that_fails_ends_the_writing(store: SqliteStore, hands: Hands) -> None:
    sandbox = created(store, hands)

    def stumble(entry: Entry) -> None:
        if entry.kind == "staged":
            raise ZeroDivisionError

    sandbox.follow(stumble)
    with pytest.raises(ZeroDivisionError):
        sandbox.append(Staged("run_started"))

    with pytest.raises(SandboxClosed, match=r"entry 2 could not be folded \(ZeroDivisionError"):
        sandbox.append(Staged("run_ended"))


def test_a_fold_must_not_append(store: SqliteStore, hands: Hands) -> None:
    sandbox = created(store, hands)

    def answer_back(entry: Entry) -> None:
        if entry.kind == "staged" and entry.sequence == 2:
            sandbox.append(Staged("run_ended"))

    sandbox.follow(answer_back)

    with pytest.raises(AssertionError, match="appended an entry while folding one"):
        sandbox.append(Staged("run_started"))


def test_a_reset_begins_a_new_journal_and_keeps_the_connection(
    store: SqliteStore, hands: Hands
) -> None:
    former = created(store, hands)
    former.faults.arm("unreachable", scope="regulator")
    former.clock.advance_by(timedelta(days=3))
    marks(former, "STO-01")
    carried: tuple[Event, ...] = (CallbackConfirmed("reg-1", START),)
    hands.now += timedelta(minutes=1)

    sandbox = former.reset(events=carried)
    asyncio.run(sandbox.all_durable())

    [genesis] = store.read("shop")
    assert isinstance(genesis.record, Opened)
    assert genesis.record.events == carried
    assert genesis.record.regulator_public_key == former.opened.regulator_public_key
    assert (sandbox.clock.now(), list(sandbox.faults)) == (START, [])
    assert Sandbox.recover(store, "shop", wall=hands).head == sandbox.head
    with pytest.raises(SandboxClosed, match="it was reset"):
        former.append(Staged("run_ended"))


def test_a_deleted_sandbox_is_forgotten(store: SqliteStore, hands: Hands) -> None:
    sandbox = created(store, hands)

    sandbox.delete()

    assert store.sandboxes() == []
    with pytest.raises(SandboxClosed, match="it was deleted"):
        sandbox.append(Staged("run_ended"))
    assert created(store, hands).next_sequence() == 2
