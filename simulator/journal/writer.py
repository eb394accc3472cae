"""One thread writes to the database, and commits everything that waits at once (group commit).

One path serves one entry and a thousand: while one commit is synced to disk, the next one gathers.

A commit that fails was not made, and nothing is taken after it. Where the disk is full or the
database locked, the writer tries until it can write again, and waits for the owner to go on from
what is on disk. After any other failure only a new process can say what is on disk.
"""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from simulator.clock import ticks_s
from simulator.journal.database import BEAT, Statement, commit, files_of, is_passing, saved

TRIAL_S = 0.5
"""How often it is tried whether the store can be written again."""

RETRY_AFTER_S = 5
"""What a client is told to wait after a message that could not be written."""

Committed = Callable[[int, float], None]
"""Is told of every commit: how many entries it holds, and how many seconds it took. The writer's
thread calls it."""


class StoreFailed(Exception):
    """The store cannot write. Nothing may be acknowledged until it can, and what could not be
    written did not happen."""


class Writer:
    """Writes through `connection`, to the database at `path`, until `close`.

    `when_mended` is called, on the writer's thread, when it can write again after a failure; it
    takes nothing until somebody says `go_on`.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, committed: Committed) -> None:
        self._path = path
        self.connection = connection
        self._committed = committed
        self.when_mended: Callable[[], None] = lambda: None
        self._files = files_of(path)
        self._turn = threading.Condition()
        self._waiting: list[Statement] = []
        self._covering = _commit_to_come()
        self.failure: StoreFailed | None = None
        """Why nothing is written; `None` while all is well."""
        self._is_mended = False
        self._closing = False
        self._thread = threading.Thread(
            target=self._write_until_closed, name="journal-writer", daemon=True
        )
        self._thread.start()

    @property
    def queue(self) -> int:
        """How many rows wait for the next commit."""
        return len(self._waiting)

    def submit(self, statements: list[Statement]) -> "Future[None]":
        """The commit that will cover them; raises StoreFailed."""
        with self._turn:
            if self.failure is not None:
                raise self.failure
            if self._closing:
                raise StoreFailed(f"{self._path} is closed")
            if not self._waiting:
                self._turn.notify()
            self._waiting.extend(statements)
            return self._covering

    def go_on(self) -> None:
        """Whoever knew more than is on disk has forgotten it: entries are taken again."""
        with self._turn:
            assert self._is_mended, "a store goes on once it can write"
            self.failure, self._is_mended = None, False
            self._covering = _commit_to_come()
            self._turn.notify()

    def close(self) -> None:
        """Commits what still waits."""
        with self._turn:
            self._closing = True
            self._turn.notify()
        self._thread.join()

    def _write_until_closed(self) -> None:
        while True:
            with self._turn:
                self._turn.wait_for(lambda: self._waiting or self._closing)
                statements, covering = self._waiting, self._covering
                self._waiting, self._covering = [], _commit_to_come()
            if not statements:
                return
            started_s = ticks_s()
            try:
                entries = commit(self.connection, statements)
                self._check_still_there()
            except Exception as cause:  # Whatever it was, these entries count as not on disk.
                passes = is_passing(cause)
                self._fail(cause, covering, passes=passes)
                if not passes or not self._wait_until_mended():
                    return
            else:
                self._committed(entries, ticks_s() - started_s)  # Before anybody can look.
                covering.set_result(None)

    def _fail(self, cause: Exception, covering: "Future[None]", *, passes: bool) -> None:
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
            self.failure = failure
            gathered, self._waiting = self._covering, []
        covering.set_exception(failure)
        gathered.set_exception(failure)

    def _wait_until_mended(self) -> bool:
        """Tries until a commit succeeds, then waits for `go_on`; false where `close` comes
        first."""
        while True:
            with self._turn:
                if self._turn.wait_for(lambda: self._closing, TRIAL_S):
                    return False
            try:
                commit(self.connection, [BEAT])
                self._check_still_there()
                break
            except Exception as cause:
                if not is_passing(cause):
                    return False
        with self._turn:
            self._is_mended = True
        self.when_mended()
        with self._turn:
            self._turn.wait_for(lambda: self.failure is None or self._closing)
            return self.failure is None

    def _check_still_there(self) -> None:
        """A file that was deleted still takes what is written, and nobody finds it again."""
        if files_of(self._path) == self._files:
            return
        rescued = saved(self.connection, self._path)
        raise FileNotFoundError(
            f"it was moved, deleted or replaced; all that was acknowledged is in {rescued}"
        )


def _commit_to_come() -> "Future[None]":
    """Shared by all who wait for the same commit, so none of them may cancel it."""
    covering: Future[None] = Future()
    covering.set_running_or_notify_cancel()
    return covering
