"""Keeps the journals of all sandboxes of one state directory in one SQLite database.

One thread writes. It takes everything that waits and commits it in one transaction (group commit),
so that one path serves one entry and a thousand: while one commit is synced to disk, the next one
gathers.

A commit that fails was not made, and nothing is taken after it. Where the disk is full or the
database locked, the writer tries until it can write again, and waits for the owner to go on from
what is on disk. After any other failure only a new process can say what is on disk.
"""

import fcntl
import json
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
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
_COPY = (
    "INSERT INTO entries SELECT ?, e.sequence, e.kind, e.content, e.salt, e.content_digest, d.value"
    " FROM json_each(?) AS d CROSS JOIN entries AS e WHERE e.sandbox = ? AND e.sequence = d.key + ?"
)
"""Entries of another sandbox with digests of their own: what is in the database need not leave it
to be copied."""
_COPIED_AT_ONCE = 10_000
_BEAT: "Statement" = (
    "INSERT INTO pulse VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET beats = beats + 1",
    (),
)
_CONTENT_DIGESTS = (
    "SELECT content_digest FROM entries WHERE sandbox = ? AND sequence BETWEEN 2 AND ?"
    " ORDER BY sequence"
)
_PAGE = (
    "SELECT sequence, kind, salt, content, content_digest, digest FROM entries"
    " WHERE sandbox = ? AND sequence > ? ORDER BY sequence LIMIT 500"
)

MENDS = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR_WRITE,
)
"""Failures that may pass, and after which it is certain that nothing of the transaction is on disk.
A sync that failed is not one of them: the next could succeed without the pages of the first."""

PATIENCE_S = 5.0
"""How long a commit waits for a stranger who has locked the database."""
TRIAL_S = 0.5
"""How often it is tried whether the store can be written again."""

RETRY_AFTER_S = 5
"""What a client is told to wait after a message that could not be written."""

Statement = tuple[str, tuple[str | bytes | int, ...]]
Committed = Callable[[int, float], None]
"""Is told of every commit: how many entries it holds, and how many seconds it took. The writer's
thread calls it."""


class StoreFailed(Exception):
    """The store cannot write. Nothing may be acknowledged until it can, and what could not be
    written did not happen."""


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
    """The database at `path`, owned by this process until `close`.

    `when_mended` is called, on the writer's thread, when a store that failed can write again; it
    takes nothing until its owner says `go_on`.
    """

    def __init__(
        self,
        path: Path,
        *,
        committed: Committed = lambda entries, seconds: None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._path = path
        self._committed = committed
        self.when_mended: Callable[[], None] = lambda: None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(path)
        except OSError as error:
            raise JournalUnreadable(
                f"{path} cannot be written ({error.strerror}); choose another --state"
            ) from error
        try:
            self._connection = _opened(path, patience_s)
            self._files = _files_of(path)
        except BaseException:
            self._lock.close()
            raise
        self._turn = threading.Condition()
        self._waiting: list[Statement] = []
        self._covering = _commit_to_come()
        self._failure: StoreFailed | None = None
        self._is_mended = False
        self._closing = False
        self._writer = threading.Thread(
            target=self._write_until_closed, name="journal-writer", daemon=True
        )
        self._writer.start()

    @property
    def failure(self) -> StoreFailed | None:
        """Why nothing is written; `None` while all is well."""
        return self._failure

    def go_on(self) -> None:
        """Whoever knew more than is on disk has forgotten it: the store takes entries again."""
        with self._turn:
            assert self._is_mended, "a store goes on once it can write"
            self._failure, self._is_mended = None, False
            self._covering = _commit_to_come()
            self._turn.notify()

    @property
    def queue(self) -> int:
        """How many rows wait for the next commit."""
        return len(self._waiting)

    def put(self, sandbox: str, entry: Entry) -> "Future[None]":
        """The commit that will cover the entry, for `asyncio.wrap_future`; raises StoreFailed."""
        return self._submit([_put(sandbox, entry)])

    def found(
        self, keys: SandboxSecrets, *entries: Entry | Line, anew: bool = False
    ) -> "Future[None]":
        """Secrets and first entries in one transaction; `anew` replaces what is there."""
        former = _deletion(keys.sandbox) if anew else []
        puts = (_put(keys.sandbox, entry) for entry in entries)
        return self._submit([*former, _secrets(keys), *puts])

    def found_copy(
        self, keys: SandboxSecrets, genesis: Entry, origin: str, digests: Sequence[str], last: Entry
    ) -> "Future[None]":
        """Secrets and entries of a sandbox that goes on from a copy of `origin`, in one
        transaction: from the second entry on those of `origin`, but for their `digests`."""
        fresh = _secrets(keys)
        copies: list[Statement] = [
            (
                _COPY,
                (keys.sandbox, json.dumps(digests[at : at + _COPIED_AT_ONCE]), origin, at + 2),
            )
            for at in range(0, len(digests), _COPIED_AT_ONCE)
        ]
        ends = [_put(keys.sandbox, genesis), _put(keys.sandbox, last)]
        return self._submit([fresh, *copies, *ends])

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
        return self._submit([_BEAT])

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

    def lines(self, sandbox: str, until: int) -> Iterator[Line]:
        """The entries up to `until` as they are kept, unchecked: a copy checks them its own way."""
        with closing(_connected(self._path)) as reader:
            sequence = 0
            while page := reader.execute(_PAGE, (sandbox, sequence)).fetchall():
                for row in page:
                    line = Line(*row)
                    if line.sequence > until:
                        return
                    yield line
                sequence = line.sequence

    def content_digests(self, sandbox: str, until: int) -> tuple[Line, list[str]]:
        """The first entry as it is kept, and the content digests of those after it, up to
        `until`; LookupError where there are not so many."""
        with closing(_connected(self._path)) as reader:
            page = reader.execute(_PAGE, (sandbox, 0))
            first = Line(*page.fetchone())
            rows = reader.execute(_CONTENT_DIGESTS, (sandbox, until)).fetchall()
        if len(rows) != until - 1:
            raise LookupError(f"{sandbox!r} has {len(rows) + 1} entries on disk, not {until}")
        return first, [digest for (digest,) in rows]

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
                entries = _commit(self._connection, statements)
                self._check_still_there()
            except Exception as cause:  # Whatever it was, these entries count as not on disk.
                passes = _is_passing(cause)
                self._fail(cause, commit, passes=passes)
                if not passes or not self._wait_until_mended():
                    return
            else:
                self._committed(entries, ticks_s() - started_s)  # Before anybody can look.
                commit.set_result(None)

    def _fail(self, cause: Exception, commit: "Future[None]", *, passes: bool) -> None:
        remedy = (
            "it goes on by itself once it can be written again"
            if passes
            else "free the disk or its permissions, then start again"
        )
        failure = StoreFailed(
            f"{self._path} cannot be written ({cause}); nothing is acknowledged any more: {remedy}"
        )
        failure.__cause__ = cause
        with self._turn:
            self._failure = failure
            gathered, self._waiting = self._covering, []
        commit.set_exception(failure)
        gathered.set_exception(failure)

    def _wait_until_mended(self) -> bool:
        """Tries until a commit succeeds, then waits for `go_on`; false where `close` comes
        first."""
        while True:
            with self._turn:
                if self._turn.wait_for(lambda: self._closing, TRIAL_S):
                    return False
            try:
                _commit(self._connection, [_BEAT])
                self._check_still_there()
                break
            except Exception as cause:
                if not _is_passing(cause):
                    return False
        with self._turn:
            self._is_mended = True
        self.when_mended()
        with self._turn:
            self._turn.wait_for(lambda: self._failure is None or self._closing)
            return self._failure is None

    def _check_still_there(self) -> None:
        """A file that was deleted still takes what is written, and nobody finds it again."""
        if _files_of(self._path) == self._files:
            return
        saved = _saved(self._connection, self._path)
        raise FileNotFoundError(
            f"it was moved, deleted or replaced; all that was acknowledged is in {saved}"
        )


def _commit_to_come() -> "Future[None]":
    """Shared by all who wait for the same commit, so none of them may cancel it."""
    commit: Future[None] = Future()
    commit.set_running_or_notify_cancel()
    return commit


def _commit(connection: sqlite3.Connection, statements: list[Statement]) -> int:
    """Makes one transaction of the statements, and says how many entries it holds."""
    entries = 0
    try:
        connection.execute("BEGIN IMMEDIATE")
        for sql, values in statements:
            rows = connection.execute(sql, values).rowcount
            if sql is _PUT or sql is _COPY:
                entries += rows
        connection.execute("COMMIT")
        return entries
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _is_passing(cause: Exception) -> bool:
    """Whether nothing of the transaction was written, by something that may pass."""
    code: int | None = getattr(cause, "sqlite_errorcode", None)
    return code is not None and (code in MENDS or code & 0xFF in MENDS)


def _files_of(path: Path) -> tuple[tuple[int, int], ...] | None:
    """Which files the database and its log are; `None` where one of them is not there."""
    try:
        found = [file.stat() for file in (path, path.with_name(path.name + "-wal"))]
    except OSError:
        return None
    return tuple((one.st_dev, one.st_ino) for one in found)


def _saved(connection: sqlite3.Connection, path: Path) -> Path:
    """Writes all that the connection still sees into a new file: in the database's own place where
    nothing stands there, beside it otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".saved")
    beside.unlink(missing_ok=True)
    beside.touch(mode=0o600)
    with closing(sqlite3.connect(beside)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    if path.exists():
        return beside
    for name in (
        "-wal",
        "-shm",
    ):  # The log of the lost file must not be taken for that of its heir.
        path.with_name(path.name + name).unlink(missing_ok=True)
    return beside.rename(path)


def _put(sandbox: str, entry: Entry | Line) -> Statement:
    assert entry.content is not None, "what is redacted is not kept"
    assert entry.salt is not None
    return _PUT, (
        sandbox,
        entry.sequence,
        entry.kind,
        entry.content,
        entry.salt,
        entry.content_digest,
        entry.digest,
    )


def _secrets(keys: SandboxSecrets) -> Statement:
    return (
        "INSERT INTO sandboxes VALUES (?, ?, ?, ?)",
        (keys.sandbox, keys.passcode, keys.regulator_key, keys.salt_key),
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


def _connected(path: Path, patience_s: float = 30.0) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=patience_s)


def _opened(path: Path, patience_s: float) -> sqlite3.Connection:
    """The writer's connection, on a database of this version's making."""
    path.touch(mode=0o600)  # It holds the regulator's keys.
    connection = _connected(path, patience_s)
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
        _commit(connection, [_BEAT])  # From here on the log is there, and stays.
    except sqlite3.Error as error:
        connection.close()
        if _is_passing(error):
            raise JournalUnreadable(
                f"{path} cannot be written ({error}); free the disk or its permissions"
            ) from error
        raise JournalUnreadable(
            f"{path} is not a journal ({error}); name another --state, or move the file away"
        ) from error
    except BaseException:
        connection.close()
        raise
    return connection
