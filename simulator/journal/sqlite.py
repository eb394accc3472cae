"""Keeps the journals of all sandboxes of one state directory in one SQLite database.

One thread writes. It takes everything that waits and commits it in one transaction (group commit),
so that one path serves one entry and a thousand: while one commit is synced to disk, the next one
gathers.
"""

import fcntl
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from simulator.clock import ticks_s
from simulator.journal.entry import Entry, JournalUnreadable, restore
from simulator.journal.verify import GENESIS, Broken, Chain, Line, NewerFormat

SCHEMA_VERSION = 1
_SCHEMA = f"""
    CREATE TABLE sandboxes (
        sandbox TEXT PRIMARY KEY,
        passcode TEXT NOT NULL,
        regulator_key BLOB NOT NULL,
        salt_key BLOB NOT NULL
    );
    CREATE TABLE entries (
        sandbox TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        kind TEXT NOT NULL,
        content TEXT NOT NULL,
        salt TEXT NOT NULL,
        content_digest TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (sandbox, sequence)
    );
    CREATE TABLE pulse (id INTEGER PRIMARY KEY, beats INTEGER NOT NULL);
    PRAGMA user_version = {SCHEMA_VERSION};
"""
_PUT = "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)"
_PAGE = (
    "SELECT sequence, kind, salt, content, content_digest, digest FROM entries"
    " WHERE sandbox = ? AND sequence > ? ORDER BY sequence LIMIT 500"
)

Statement = tuple[str, tuple[str | bytes | int, ...]]
Committed = Callable[[int, float], None]
"""Is told of every commit: how many entries it holds, and how many seconds it took. The writer's
thread calls it."""


class StoreFailed(Exception):
    """The store cannot write any more. Nothing may be acknowledged until it was opened anew."""


class StoreInUse(Exception):
    """Another process owns the database: two writers would break each other's chains."""


@dataclass(frozen=True, slots=True)
class SandboxSecrets:
    """What a sandbox must remember but no journal may tell."""

    sandbox: str
    passcode: str = field(repr=False)
    regulator_key: bytes = field(repr=False)
    """The raw 32 bytes of the regulator's private key."""
    salt_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    """What the salts of the entries are derived from."""


class SqliteStore:
    """The database at `path`, owned by this process until `close`."""

    def __init__(self, path: Path, *, committed: Committed = lambda entries, seconds: None) -> None:
        self._path = path
        self._committed = committed
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(path)
        except OSError as error:
            raise JournalUnreadable(
                f"{path} cannot be written ({error.strerror}); choose another --state"
            ) from error
        try:
            self._connection = _opened(path)
        except BaseException:
            self._lock.close()
            raise
        self._turn = threading.Condition()
        self._waiting: list[Statement] = []
        self._covering = _commit_to_come()
        self._failure: StoreFailed | None = None
        self._closing = False
        self._writer = threading.Thread(
            target=self._write_until_closed, name="journal-writer", daemon=True
        )
        self._writer.start()

    @property
    def failure(self) -> StoreFailed | None:
        """Why nothing is written any more; `None` while all is well."""
        return self._failure

    @property
    def queue(self) -> int:
        """How many rows wait for the next commit."""
        return len(self._waiting)

    def put(self, sandbox: str, entry: Entry) -> "Future[None]":
        """The commit that will cover the entry, for `asyncio.wrap_future`; raises StoreFailed."""
        return self._submit([_put(sandbox, entry)])

    def found(self, keys: SandboxSecrets, genesis: Entry, *, anew: bool = False) -> "Future[None]":
        """Secrets and first entry in one transaction; `anew` replaces the journal that is there."""
        fresh: Statement = (
            "INSERT INTO sandboxes VALUES (?, ?, ?, ?)",
            (keys.sandbox, keys.passcode, keys.regulator_key, keys.salt_key),
        )
        former = _deletion(keys.sandbox) if anew else []
        return self._submit([*former, fresh, _put(keys.sandbox, genesis)])

    def change_passcode(self, sandbox: str, passcode: str) -> "Future[None]":
        """The commit after which this passcode is the sandbox's."""
        return self._submit(
            [("UPDATE sandboxes SET passcode = ? WHERE sandbox = ?", (passcode, sandbox))]
        )

    def delete(self, sandbox: str) -> None:
        """Forgets the sandbox, its journal and its secrets; returns when it is gone from disk."""
        self._submit(_deletion(sandbox)).result()

    def beat(self) -> "Future[None]":
        """A commit of next to nothing, which shows that the store still commits."""
        return self._submit(
            [
                (
                    "INSERT INTO pulse VALUES (1, 1)"
                    " ON CONFLICT (id) DO UPDATE SET beats = beats + 1",
                    (),
                )
            ]
        )

    def sandboxes(self) -> list[str]:
        """The ids of all sandboxes."""
        with closing(_connected(self._path)) as reader:
            return [id for (id,) in reader.execute("SELECT sandbox FROM sandboxes ORDER BY 1")]

    def keys(self, sandbox: str) -> SandboxSecrets | None:
        """The secrets of a sandbox; `None` if there is no such sandbox."""
        with closing(_connected(self._path)) as reader:
            row = reader.execute("SELECT * FROM sandboxes WHERE sandbox = ?", (sandbox,)).fetchone()
        return None if row is None else SandboxSecrets(*row)

    def read(self, sandbox: str, after: int = 0) -> Iterator[Entry]:
        """The entries on disk after sequence `after`, in order; raises Broken where the chain is.

        They are read page by page, so that a slow reader holds up neither the writer nor its log.
        """
        with closing(_connected(self._path)) as reader:
            chain = Chain(after, _digest_at(reader, sandbox, after))
            while page := reader.execute(_PAGE, (sandbox, chain.sequence)).fetchall():
                for row in page:
                    line = Line(*row)
                    yield restore(line, chain.take(line))

    def close(self) -> None:
        """Commits what still waits and lets go of the database."""
        with self._turn:
            self._closing = True
            self._turn.notify()
        self._writer.join()
        self._connection.close()
        self._lock.close()

    def _submit(self, statements: list[Statement]) -> "Future[None]":
        with self._turn:
            if self._failure is not None:
                raise self._failure
            if self._closing:
                raise StoreFailed(f"{self._path} is closed")
            if not self._waiting:
                self._turn.notify()
            self._waiting.extend(statements)
            return self._covering

    def _write_until_closed(self) -> None:
        while True:
            with self._turn:
                self._turn.wait_for(lambda: self._waiting or self._closing)
                statements, commit = self._waiting, self._covering
                self._waiting, self._covering = [], _commit_to_come()
            if not statements:
                return
            started_s = ticks_s()
            try:
                _commit(self._connection, statements)
            except Exception as cause:  # Whatever it was, these entries are not on disk.
                self._fail(cause, commit)
                return
            commit.set_result(None)
            entries = sum(sql is _PUT for sql, _ in statements)
            self._committed(entries, ticks_s() - started_s)

    def _fail(self, cause: Exception, commit: "Future[None]") -> None:
        failure = StoreFailed(
            f"{self._path} cannot be written ({cause}); nothing is acknowledged any more:"
            " free the disk or its permissions, then start again"
        )
        failure.__cause__ = cause
        with self._turn:
            self._failure = failure
            gathered, self._waiting = self._covering, []
        commit.set_exception(failure)
        gathered.set_exception(failure)


def _commit_to_come() -> "Future[None]":
    """Shared by all who wait for the same commit, so none of them may cancel it."""
    commit: Future[None] = Future()
    commit.set_running_or_notify_cancel()
    return commit


def _commit(connection: sqlite3.Connection, statements: list[Statement]) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
        for sql, values in statements:
            connection.execute(sql, values)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _put(sandbox: str, entry: Entry) -> Statement:
    return _PUT, (
        sandbox,
        entry.sequence,
        entry.kind,
        entry.content,
        entry.salt,
        entry.content_digest,
        entry.digest,
    )


def _deletion(sandbox: str) -> list[Statement]:
    return [
        ("DELETE FROM entries WHERE sandbox = ?", (sandbox,)),
        ("DELETE FROM sandboxes WHERE sandbox = ?", (sandbox,)),
    ]


def _digest_at(reader: sqlite3.Connection, sandbox: str, sequence: int) -> str:
    """The digest that the entry after `sequence` chains to."""
    if sequence == 0:
        return GENESIS
    row = reader.execute(
        "SELECT digest FROM entries WHERE sandbox = ? AND sequence = ?", (sandbox, sequence)
    ).fetchone()
    if row is not None:
        return str(row[0])
    if reader.execute(_PAGE, (sandbox, sequence)).fetchone() is not None:
        raise Broken(sequence, "it is missing, but entries after it are there")
    return GENESIS


def _locked(path: Path) -> IO[bytes]:
    """Holds the database for this process; a killed process lets go by itself."""
    lock = path.with_name(path.name + ".lock").open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise StoreInUse(
            f"{path} is in use by another simulator; stop that one or choose another --state"
        ) from None
    return lock


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)


def _opened(path: Path) -> sqlite3.Connection:
    """The writer's connection, on a database of this version's making."""
    path.touch(mode=0o600)  # It holds the regulator's keys.
    connection = _connected(path)
    try:
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        connection.execute("PRAGMA synchronous = FULL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if mode != "wal":
            raise JournalUnreadable(f"{path} is on a disk without WAL; choose a local --state")
        if version > SCHEMA_VERSION:
            raise NewerFormat(
                f"{path} has schema {version}, but this version reads up to {SCHEMA_VERSION};"
                " use the version of reinspect that wrote it, or a newer one"
            )
        if version == 0:
            connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
    except sqlite3.Error as error:
        connection.close()
        raise JournalUnreadable(
            f"{path} is not a journal ({error}); name another --state, or move the file away"
        ) from error
    except BaseException:
        connection.close()
        raise
    return connection
