"""The one SQLite database of a state directory: opened, owned, and still where it was.

A commit that fails was not made. Whether a later one may be tried depends on why.
"""

import fcntl
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import IO

from simulator.journal.entry import JournalUnreadable
from simulator.journal.verify import NewerFormat

SCHEMA_VERSION = 2
_SHARED = f"""
    CREATE TABLE shared (
        sandbox TEXT NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        holder TEXT NOT NULL,
        PRIMARY KEY (sandbox, first)
    );
    CREATE INDEX shared_by_holder ON shared (holder);
    PRAGMA user_version = {SCHEMA_VERSION};
"""
"""Since schema 2: from which entry to which a sandbox shares those of another."""
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
    {_SHARED}
"""

Statement = tuple[str, tuple[str | bytes | int, ...] | dict[str, str | int]]

PUT = "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)"
BEAT: Statement = (
    "INSERT INTO pulse VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET beats = beats + 1",
    (),
)
"""Next to nothing, which shows that the database can be written."""


MENDS = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR_WRITE,
)
"""Failures that may pass, and after which it is certain that nothing of the transaction is on disk.
A sync that failed is not one of them: the next could succeed without the pages of the first."""


class StoreInUse(Exception):
    """Another process owns the database: two writers would break each other's chains."""


def locked(path: Path) -> IO[bytes]:
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


def connected(path: Path, patience_s: float = 30.0) -> sqlite3.Connection:
    """A connection of its own, which waits so long for others before it fails."""
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=patience_s)


def opened(path: Path, patience_s: float) -> sqlite3.Connection:
    """The writer's connection, on a database of this version's making."""
    path.touch(mode=0o600)  # It holds the regulator's keys.
    connection = connected(path, patience_s)
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
        elif version == 1:
            connection.executescript(f"BEGIN IMMEDIATE; {_SHARED} COMMIT;")
        commit(connection, [BEAT])  # From here on the log is there, and stays.
    except sqlite3.Error as error:
        connection.close()
        if is_passing(error):
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


def commit(connection: sqlite3.Connection, statements: list[Statement]) -> int:
    """Makes one transaction of the statements, and says how many entries it holds; raises what kept
    it from the disk."""
    entries = 0
    try:
        connection.execute("BEGIN IMMEDIATE")
        for sql, values in statements:
            rows = connection.execute(sql, values).rowcount
            if sql is PUT:
                entries += rows
        connection.execute("COMMIT")
        return entries
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def is_passing(cause: Exception) -> bool:
    """Whether nothing of the transaction was written, by something that may pass."""
    code: int | None = getattr(cause, "sqlite_errorcode", None)
    return code is not None and (code in MENDS or code & 0xFF in MENDS)


def files_of(path: Path) -> tuple[tuple[int, int], ...] | None:
    """Which files the database and its log are; `None` where one of them is not there."""
    try:
        found = [file.stat() for file in (path, path.with_name(path.name + "-wal"))]
    except OSError:
        return None
    return tuple((one.st_dev, one.st_ino) for one in found)


def saved(connection: sqlite3.Connection, path: Path) -> Path:
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
    for name in ("-wal", "-shm"):  # The lost file's log must not be taken for that of its heir.
        path.with_name(path.name + name).unlink(missing_ok=True)
    return beside.rename(path)
