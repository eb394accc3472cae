"""Keeps the journals of all sandboxes of one state directory in one SQLite database.

What is asked of it becomes rows here; the writer commits them.
"""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from simulator.journal.database import BEAT, PUT, Statement, connected, locked, opened
from simulator.journal.entry import Entry, JournalUnreadable, restore
from simulator.journal.shared import (
    content_digests,
    deletion,
    digest_at,
    first_line,
    lines_after,
    sharing,
)
from simulator.journal.verify import Broken, Chain, Line
from simulator.journal.writer import Committed, StoreFailed, Writer

PATIENCE_S = 5.0
"""How long a commit waits for a stranger who has locked the database."""


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

    def __init__(
        self,
        path: Path,
        *,
        committed: Committed = lambda entries, seconds: None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = locked(path)
        except OSError as error:
            raise JournalUnreadable(
                f"{path} cannot be written ({error.strerror}); choose another --state"
            ) from error
        try:
            self._writer = Writer(path, opened(path, patience_s), committed)
        except BaseException:
            self._lock.close()
            raise

    @property
    def failure(self) -> StoreFailed | None:
        """Why nothing is written; `None` while all is well."""
        return self._writer.failure

    def when_mended(self, call: Callable[[], None]) -> None:
        """`call` is called, on the writer's thread, whenever a store that failed can write again;
        it takes nothing until its owner says `go_on`."""
        self._writer.when_mended = call

    def go_on(self) -> None:
        """Whoever knew more than is on disk has forgotten it: the store takes entries again."""
        self._writer.go_on()

    @property
    def queue(self) -> int:
        """How many rows wait for the next commit."""
        return self._writer.queue

    def put(self, sandbox: str, entry: Entry) -> "Future[None]":
        """The commit that will cover the entry, for `asyncio.wrap_future`; raises StoreFailed."""
        return self._writer.submit([_put(sandbox, entry)])

    def found(
        self, keys: SandboxSecrets, *entries: Entry | Line, anew: bool = False
    ) -> "Future[None]":
        """Secrets and first entries in one transaction; `anew` replaces what is there."""
        former = deletion(keys.sandbox) if anew else []
        puts = (_put(keys.sandbox, entry) for entry in entries)
        return self._writer.submit([*former, _secrets(keys), *puts])

    def found_copy(
        self, keys: SandboxSecrets, origin: str, genesis: Entry, last: Entry
    ) -> "Future[None]":
        """Secrets and entries of a sandbox that goes on from what `origin` has written so far: all
        of it, but for the first entry, is held by both."""
        shared = sharing(origin, keys.sandbox, last.sequence - 1)
        ends = [_put(keys.sandbox, genesis), _put(keys.sandbox, last)]
        return self._writer.submit([_secrets(keys), *shared, *ends])

    def change_passcode(self, sandbox: str, passcode: str) -> "Future[None]":
        """The commit after which this passcode is the sandbox's."""
        return self._writer.submit(
            [("UPDATE sandboxes SET passcode = ? WHERE sandbox = ?", (passcode, sandbox))]
        )

    def delete(self, sandbox: str) -> None:
        """Forgets the sandbox, its journal and its secrets; returns when it is gone from disk."""
        self._writer.submit(deletion(sandbox)).result()

    def beat(self) -> "Future[None]":
        """A commit of next to nothing, which shows that the store still commits."""
        return self._writer.submit([BEAT])

    def sandboxes(self) -> list[str]:
        """The ids of all sandboxes."""
        with closing(connected(self._path)) as reader:
            return [id for (id,) in reader.execute("SELECT sandbox FROM sandboxes ORDER BY 1")]

    def keys(self, sandbox: str) -> SandboxSecrets | None:
        """The secrets of a sandbox; `None` if there is no such sandbox."""
        with closing(connected(self._path)) as reader:
            row = reader.execute("SELECT * FROM sandboxes WHERE sandbox = ?", (sandbox,)).fetchone()
        return None if row is None else SandboxSecrets(*row)

    def read(self, sandbox: str, after: int = 0) -> Iterator[Entry]:
        """The entries on disk after sequence `after`, in order; raises Broken where the chain is.

        They are read page by page, so that a slow reader holds up neither the writer nor its log.
        """
        with closing(connected(self._path)) as reader:
            chain = Chain(after, digest_at(reader, sandbox, after))
            for line in lines_after(reader, sandbox, after, chain.head):
                yield restore(line, chain.take(line))

    def lines(self, sandbox: str, until: int) -> Iterator[Line]:
        """The entries up to `until` as they are kept, unchecked: a copy checks them its own way."""
        with closing(connected(self._path)) as reader:
            for line in lines_after(reader, sandbox, 0):
                if line.sequence > until:
                    return
                yield line

    def content_digests(self, sandbox: str, until: int) -> tuple[Line, list[str]]:
        """The first entry as it is kept, and the content digests of those after it, up to
        `until`; raises Broken where there are not so many."""
        with closing(connected(self._path)) as reader:
            first = first_line(reader, sandbox)
            digests = content_digests(reader, sandbox, until)
        if first is None or len(digests) != until - 1:
            raise Broken(1 + len(digests), f"the journal on disk has not the {until} entries")
        return first, digests

    def close(self) -> None:
        """Commits what still waits and lets go of the database."""
        self._writer.close()
        self._writer.connection.close()
        self._lock.close()


def _put(sandbox: str, entry: Entry | Line) -> Statement:
    assert entry.content is not None, "what is redacted is not kept"
    assert entry.salt is not None
    return PUT, (
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
