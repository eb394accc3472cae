"""The store keeps what it said it kept, and stops when it cannot write."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from simulator.journal.database import StoreInUse
from simulator.journal.entry import JournalUnreadable, NewerFormat
from simulator.journal.sqlite import SandboxSecrets, SqliteStore
from simulator.journal.verify import Broken
from simulator.journal.writer import StoreFailed
from tests.journal.some_entries import marks

ENTRIES = marks(1200)  # More than two pages of a read.
KEYS = SandboxSecrets("shop", "passcode", b"r" * 32, b"s" * 32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


def meddle(path: Path, sql: str) -> None:
    """Somebody else's hand in the database."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


def fill(store: SqliteStore, count: int) -> None:
    store.found(KEYS, ENTRIES[0])
    for entry in ENTRIES[1:count]:
        commit = store.put("shop", entry)
    commit.result()


def test_entries_read_back_in_order_after_a_restart(store: SqliteStore, path: Path) -> None:
    fill(store, 1200)
    store.close()
    reopened = SqliteStore(path)

    assert list(reopened.read("shop")) == ENTRIES
    assert list(reopened.read("shop", after=700)) == ENTRIES[700:]
    assert list(reopened.read("shop", after=1200)) == []
    assert list(reopened.read("other")) == []
    reopened.close()


def test_secrets_are_kept_beside_the_journal_and_told_to_nobody(store: SqliteStore) -> None:
    fill(store, 2)

    assert store.sandboxes() == ["shop"]
    assert store.keys("shop") == KEYS
    assert store.keys("other") is None
    assert repr(KEYS) == "SandboxSecrets(sandbox='shop')"


def test_the_database_is_for_its_owner_alone(store: SqliteStore, path: Path) -> None:
    assert path.stat().st_mode & 0o077 == 0


def test_a_deleted_sandbox_is_gone(store: SqliteStore) -> None:
    fill(store, 3)
    store.delete("shop")

    assert (store.sandboxes(), list(store.read("shop"))) == ([], [])


def test_a_sandbox_founded_anew_takes_the_place_of_the_former(store: SqliteStore) -> None:
    fill(store, 3)
    store.found(KEYS, ENTRIES[0], anew=True).result()

    assert list(store.read("shop")) == ENTRIES[:1]


def test_entries_that_wait_together_share_one_commit(store: SqliteStore, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        commits = [store.put("shop", entry) for entry in ENTRIES[:100]]
        other.execute("ROLLBACK")
    for commit in commits:
        commit.result()

    assert len(set(commits)) <= 2  # What the writer had taken already, and all the rest.
    assert list(store.read("shop")) == ENTRIES[:100]


def test_whoever_waits_for_a_commit_cannot_cancel_it_for_others(
    store: SqliteStore, path: Path
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        commit = store.put("shop", ENTRIES[0])
        cancelled = commit.cancel()
        other.execute("ROLLBACK")

    assert not cancelled
    assert commit.result() is None


@pytest.mark.parametrize(
    ("sql", "sequence"),
    [
        ("UPDATE entries SET content = replace(content, '6', '7') WHERE sequence = 7", 7),
        ("UPDATE entries SET salt = 'zz' WHERE sequence = 600", 600),
        ("UPDATE entries SET kind = 'fault' WHERE sequence = 1", 1),
        ("DELETE FROM entries WHERE sequence = 501", 501),
        ("UPDATE entries SET sequence = -1 WHERE sequence = 2", 2),
    ],
)
def test_what_was_altered_on_disk_is_named_on_reading(
    sql: str, sequence: int, store: SqliteStore, path: Path
) -> None:
    fill(store, 700)
    meddle(path, sql)

    with pytest.raises(Broken) as broken:
        list(store.read("shop"))

    assert broken.value.sequence == sequence


def test_reading_on_from_an_entry_that_was_deleted_is_refused(
    store: SqliteStore, path: Path
) -> None:
    fill(store, 5)
    meddle(path, "DELETE FROM entries WHERE sequence = 3")

    with pytest.raises(Broken, match="entry 3 is broken: it is missing"):
        list(store.read("shop", after=3))


def test_a_commit_that_fails_ends_all_acknowledgements(store: SqliteStore, path: Path) -> None:
    fill(store, 3)
    meddle(path, "ALTER TABLE entries RENAME TO moved")
    lost = store.put("shop", ENTRIES[3])

    with pytest.raises(StoreFailed, match=r"cannot be written .*no such table"):
        lost.result()
    meddle(path, "ALTER TABLE moved RENAME TO entries")
    with pytest.raises(StoreFailed):
        store.put("shop", ENTRIES[4])

    assert isinstance(store.failure, StoreFailed)
    assert list(store.read("shop")) == ENTRIES[:3]


def test_a_closed_store_takes_nothing(store: SqliteStore) -> None:
    store.close()

    with pytest.raises(StoreFailed, match="is closed"):
        store.put("shop", ENTRIES[0])


def test_a_beat_shows_that_the_store_commits(store: SqliteStore) -> None:
    store.beat().result()

    assert store.beat().result() is None


def test_a_database_has_one_owner(store: SqliteStore, path: Path) -> None:
    with pytest.raises(StoreInUse, match="is in use by another simulator; stop that one"):
        SqliteStore(path)


def test_a_newer_schema_is_refused_by_name(store: SqliteStore, path: Path) -> None:
    store.close()
    meddle(path, "PRAGMA user_version = 3")

    with pytest.raises(NewerFormat, match="has schema 3, but this version reads up to 2"):
        SqliteStore(path)


def test_an_older_schema_is_brought_up_to_date(store: SqliteStore, path: Path) -> None:
    store.close()
    meddle(path, "DROP TABLE shared")
    meddle(path, "PRAGMA user_version = 1")

    SqliteStore(path).close()

    with closing(sqlite3.connect(path)) as reader:
        assert reader.execute("PRAGMA user_version").fetchone() == (2,)
        assert reader.execute("SELECT count(*) FROM shared").fetchone() == (0,)


def test_a_file_that_is_no_database_is_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"my thesis" * 1000)

    with pytest.raises(JournalUnreadable, match=r"journal\.sqlite is not a journal"):
        SqliteStore(path)
    assert path.read_bytes() == b"my thesis" * 1000


def test_a_state_directory_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(JournalUnreadable, match="choose another --state"):
        SqliteStore(tmp_path / "file" / "journal.sqlite")


def test_commits_are_synced_to_disk_through_a_write_ahead_log(store: SqliteStore) -> None:
    pragmas = [
        store._writer.connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous")
    ]

    assert pragmas == ["wal", 2]
