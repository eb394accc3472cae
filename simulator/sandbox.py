"""One isolated world: its own keys, clock, seed, faults and journal. State is never anywhere else.

The order of a sandbox is the order of `append`, which gives an entry its place and folds it at
once; `durable` then tells when it is on disk, and nothing may be acknowledged before that. Recovery
is reading: the same folds over the same entries, and no decision is taken twice.
"""

import asyncio
import hmac
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any

from simulator.clock import SandboxClock, WallClock, wall_now
from simulator.faults import ArmedFaults, KnownFaults
from simulator.journal.copying import NewChain, chained_anew, copy_of
from simulator.journal.entry import Entry, JournalUnreadable, seal
from simulator.journal.events import Event
from simulator.journal.records import ClockMoved, Opened, Record
from simulator.journal.sqlite import SandboxSecrets, SqliteStore
from simulator.journal.verify import GENESIS, Broken, Line
from simulator.keys import regulator_key
from simulator.messages.suites import DEFAULT, PrivateKey, suites

Fold = Callable[[Entry], None]

KEPT_CHARACTERS_MAX = 64 * 1024 * 1024
"""A journal of more is read from disk by each follower; of less, once for all of them."""


class SandboxExists(Exception):
    """A sandbox of this id is there already."""

    def __init__(self, id: str) -> None:
        super().__init__(f"there is a sandbox {id!r} already; reset it or choose another id")
        self.id = id


class SandboxUnknown(LookupError):
    """There is no sandbox of this id."""


class SandboxClosed(Exception):
    """The sandbox takes no more entries: it was reset or deleted, or its state left its journal."""


class Sandbox:
    """Made by `create`, `recover` or `reset`. Everything about it happens on one asyncio loop."""

    def __init__(
        self,
        store: SqliteStore,
        keys: SandboxSecrets,
        opened: Opened,
        *,
        last: Entry,
        commit: "Future[None] | None",
        clock: SandboxClock,
        so_far: list[Entry] | None,
    ) -> None:
        self.id = keys.sandbox
        self.passcode = keys.passcode
        self.suite = suites()[opened.suite]
        self.regulator_key: PrivateKey = self.suite.private_key(keys.regulator_key)
        self.opened = opened
        self.seed = opened.seed
        self.rule_pack = opened.rule_pack
        self.clock = clock
        self._store = store
        self._keys = keys
        self._sequence = last.sequence
        self._head = last.digest
        self._commit = commit
        self._so_far = so_far
        """The whole journal, while it is at hand: until something is appended."""
        self._folds: list[Fold] = []
        self._closed: str | None = None
        self.faults = ArmedFaults(seed=self.seed, append=self.append, wall=clock.wall)
        self.follow(self.faults.fold)

    @classmethod
    def create(
        cls,
        store: SqliteStore,
        *,
        id: str,
        passcode: str,
        seed: int,
        starts_at: datetime,
        rule_pack: str,
        policy: Mapping[str, Any],
        rate: float = 1.0,
        suite: str = DEFAULT,
        scenario_headers: bool = False,
        script: dict[str, Any] | None = None,
        wall: WallClock = wall_now,
    ) -> "Sandbox":
        """A new world with new keys; raises SandboxExists where the id is taken."""
        if store.keys(id) is not None:
            raise SandboxExists(id)
        key = regulator_key(sandbox=id, seed=seed, passcode=passcode, suite=suite)
        opened = Opened(
            sandbox=id,
            seed=seed,
            starts_at=starts_at,
            rule_pack=rule_pack,
            rate=rate,
            regulator_public_key=_base64_of_public(key),
            policy=dict(policy),
            suite=suite,
            scenario_headers=scenario_headers,
            script=script,
        )
        keys = SandboxSecrets(id, passcode, key.private_bytes_raw())
        return cls._found(store, keys, opened, wall=wall, anew=False)

    @classmethod
    def recover(cls, store: SqliteStore, id: str, *, wall: WallClock = wall_now) -> "Sandbox":
        """The world as its journal tells it; raises Broken where the journal was altered."""
        keys = store.keys(id)
        if keys is None:
            raise SandboxUnknown(f"there is no sandbox {id!r}")
        opened, last, so_far, rate = _read(store, id)
        clock = SandboxClock(last.sandbox_at, wall_started_at=last.wall_at, rate=rate, wall=wall)
        if clock.now() < last.sandbox_at:  # The machine's clock was set back meanwhile.
            clock.advance_to(last.sandbox_at)
        return cls(store, keys, opened, last=last, commit=None, clock=clock, so_far=so_far)

    @staticmethod
    def copy(
        store: SqliteStore,
        keys: SandboxSecrets,
        lines: Iterable[Line],
        *,
        id: str,
        by: str,
        sandbox_at: datetime | None,
        wall: WallClock = wall_now,
    ) -> "Future[None]":
        """The commit of a sandbox `id` that goes on from a copy of these lines; then `recover` it.

        `keys` are the origin's: whoever trusted its regulator trusts this one. `sandbox_at` is the
        time to go on from, `None` for that of the last line. Raises Broken where a line is not as
        it was written. It may run on another thread, since it touches no sandbox.
        """
        kept = replace(keys, sandbox=id, salt_key=secrets.token_bytes(32))
        copied = copy_of(
            lines,
            id=id,
            by=by,
            wall_at=wall(),
            sandbox_at=sandbox_at,
            salt=lambda sequence: _salt(kept.salt_key, sequence),
        )
        return store.found(kept, *copied)

    def twin(self, id: str) -> "Twin":
        """What a copy under the name `id` goes on from, if it goes on from now: the times stand
        still until it opens."""
        return Twin(
            keys=replace(self.secrets, sandbox=id, salt_key=secrets.token_bytes(32)),
            opened=replace(self.opened, sandbox=id),
            origin=self.id,
            entries=self._sequence,
            head=self._head,
            sandbox_at=self.clock.now(),
            rate=self.clock.rate,
            wall=self.clock.wall,
            faults=self.faults.copied(),
        )

    @classmethod
    def of_twin(cls, store: SqliteStore, twin: "Twin", last: Entry) -> "Sandbox":
        """The copy, whose last entry is on disk and whose followers know what was before it."""
        clock = SandboxClock(
            last.sandbox_at, wall_started_at=last.wall_at, rate=twin.rate, wall=twin.wall
        )
        made = cls(store, twin.keys, twin.opened, last=last, commit=None, clock=clock, so_far=[])
        made.faults.know(twin.faults)
        return made

    @property
    def takes_entries(self) -> bool:
        """Whether it was not reset, deleted or let go."""
        return self._closed is None

    def reset(self, *, events: tuple[Event, ...]) -> "Sandbox":
        """The same world at its beginning, with a new journal; `events` carry registrations over.

        Keys and passcode stay, so that a platform stays connected. This one takes no more entries.
        """
        self._close("it was reset")
        opened = Opened(
            sandbox=self.id,
            seed=self.seed,
            starts_at=self.opened.starts_at,
            rule_pack=self.rule_pack,
            rate=self.opened.rate,
            regulator_public_key=self.opened.regulator_public_key,
            policy=self.opened.policy,
            events=events,
            suite=self.opened.suite,
            scenario_headers=self.opened.scenario_headers,
            script=self.opened.script,
        )
        keys = SandboxSecrets(self.id, self.passcode, self._keys.regulator_key)
        return self._found(self._store, keys, opened, wall=self.clock.wall, anew=True)

    def let_go(self, reason: str) -> None:
        """Takes no more entries; its journal stays, and may be recovered."""
        self._close(reason)

    def delete(self) -> None:
        """Ends the world and forgets its journal."""
        self._close("it was deleted")
        self._store.delete(self.id)

    @classmethod
    def _found(
        cls,
        store: SqliteStore,
        keys: SandboxSecrets,
        opened: Opened,
        *,
        wall: WallClock,
        anew: bool,
    ) -> "Sandbox":
        wall_at = wall()
        clock = SandboxClock(opened.starts_at, wall_started_at=wall_at, rate=opened.rate, wall=wall)
        genesis = seal(GENESIS, 1, opened, wall_at, opened.starts_at, _salt(keys.salt_key, 1))
        commit = store.found(keys, genesis, anew=anew)
        return cls(store, keys, opened, last=genesis, commit=commit, clock=clock, so_far=[genesis])

    @property
    def secrets(self) -> SandboxSecrets:
        """What no journal tells; a copy of the sandbox needs it."""
        return replace(self._keys, passcode=self.passcode)

    def regulator_private_key(self, number: int) -> PrivateKey:
        """The regulator's key of a number, counted from 1. The others follow from the first, so
        that a snapshot needs to keep one secret only."""
        if number == 1:
            return self.regulator_key
        for attempt in count():
            text = f"regulator key {number}/{attempt}".encode()
            with suppress(ValueError):  # Of 2^32 numbers one is too large for SM2.
                raw = hmac.digest(self._keys.regulator_key, text, "sha256")
                key: PrivateKey = self.suite.private_key(raw)
                return key
        raise AssertionError("there is always a next attempt")

    def regulator_public_key(self, number: int) -> str:
        """The public half, in base64."""
        return _base64_of_public(self.regulator_private_key(number))

    async def reissue_passcode(self, passcode: str) -> None:
        """From now on this passcode is the right one; returns when it is on disk."""
        commit = self._store.change_passcode(self.id, passcode)
        await asyncio.wrap_future(commit)
        self.passcode = passcode

    @property
    def head(self) -> str:
        """The digest of the last entry, which vouches for all entries."""
        return self._head

    def next_sequence(self) -> int:
        """The place that the next entry will have."""
        return self._sequence + 1

    def follow(self, fold: Fold) -> None:
        """Calls `fold` for every entry, in order: now for those that are there, then on `append`.

        Once something was appended it reads from disk, and so it blocks: follow when a sandbox
        opens. A fold must not append.
        """
        if self._so_far is None and self._commit is not None:
            self._commit.result()
        for entry in self._store.read(self.id) if self._so_far is None else self._so_far:
            fold(entry)
        self._folds.append(fold)

    def all_follow(self) -> None:
        """Says that whoever follows from the beginning does so by now: lets go of what was read."""
        self._so_far = None

    @contextmanager
    def watching(self, see: Fold) -> Iterator[None]:
        """Calls `see` for every fresh entry while the context lasts, after it is folded."""
        self._folds.append(see)
        try:
            yield
        finally:
            self._folds.remove(see)

    def append(self, record: Record) -> Entry:
        """Gives the record its place and folds it; where it raises StoreFailed, nothing changed."""
        if self._closed is not None:
            raise SandboxClosed(f"sandbox {self.id!r} takes no more entries: {self._closed}")
        sequence = self._sequence + 1
        wall_at = self.clock.wall()
        entry = seal(
            self._head,
            sequence,
            record,
            wall_at,
            self.clock.at(wall_at),
            _salt(self._keys.salt_key, sequence),
        )
        self._commit = self._store.put(self.id, entry)
        self._so_far = None
        self._sequence, self._head = sequence, entry.digest
        self._fold(entry)
        return entry

    async def durable(self, entry: Entry) -> None:
        """Returns when the entry is on disk; raises StoreFailed if that cannot be said.

        Commits are in order, so the newest covers every entry before it.
        """
        assert entry.sequence <= self._sequence
        await self.all_durable()

    async def all_durable(self) -> None:
        """Returns when every entry so far is on disk; raises StoreFailed if that cannot be said."""
        if self._commit is not None:
            await asyncio.wrap_future(self._commit)

    async def write(self, record: Record) -> Entry:
        """Appends the record and returns when it is on disk."""
        entry = self.append(record)
        await self.durable(entry)
        return entry

    def _fold(self, entry: Entry) -> None:
        """A fold that fails leaves a state that is not the journal's: nothing may build on it."""
        sequence = self._sequence
        try:
            for fold in self._folds:
                fold(entry)
                assert self._sequence == sequence, f"{fold} appended an entry while folding one"
        except BaseException as mistake:
            self._close(f"entry {entry.sequence} could not be folded ({mistake!r})")
            raise

    def _close(self, reason: str) -> None:
        self._closed = self._closed or reason
        self.faults.close()


@dataclass(frozen=True, slots=True)
class Twin:
    """A copy of a sandbox that is in this process, before it is on disk."""

    keys: SandboxSecrets
    opened: Opened
    origin: str
    entries: int
    """Of the origin's journal."""
    head: str
    sandbox_at: datetime
    rate: float
    wall: WallClock
    faults: KnownFaults

    def chained_on(self, store: SqliteStore) -> NewChain:
        """Its chain; the origin's entries are on disk. Raises Broken where they are not what was
        written. It may run on another thread."""
        first, digests = store.content_digests(self.origin, self.entries)
        return chained_anew(
            first,
            digests,
            head=self.head,
            id=self.keys.sandbox,
            by="fork",
            wall_at=self.wall(),
            sandbox_at=self.sandbox_at,
            salt=lambda sequence: _salt(self.keys.salt_key, sequence),
        )

    def found(self, store: SqliteStore, chain: NewChain) -> "Future[None]":
        """The commit of all of it."""
        return store.found_copy(self.keys, self.origin, chain.genesis, chain.last)


def _read(store: SqliteStore, id: str) -> tuple[Opened, Entry, list[Entry] | None, float]:
    """What the sandbox was created with, its last entry, all of them where they are few, and
    the rate of its clock, after checking all."""
    so_far: list[Entry] | None = []
    opened: Record | None = None
    last: Entry | None = None
    characters = 0
    rate: float | None = None
    try:
        for last in store.read(id):
            opened = opened or last.record
            if isinstance(last.record, ClockMoved) and last.record.rate is not None:
                rate = last.record.rate
            characters += len(last.content)
            if characters > KEPT_CHARACTERS_MAX:
                so_far = None
            if so_far is not None:
                so_far.append(last)
    except Broken as broken:
        raise Broken(broken.sequence, f"{broken.reason} (journal of sandbox {id!r})") from None
    if last is None or not isinstance(opened, Opened) or opened.sandbox != id:
        raise JournalUnreadable(
            f"the journal of sandbox {id!r} does not start with its opening; delete the sandbox"
        )
    return opened, last, so_far, opened.rate if rate is None else rate


def _salt(salt_key: bytes, sequence: int) -> str:
    """HMAC of the place in the journal, so that one kept key yields every salt again."""
    return hmac.digest(salt_key, sequence.to_bytes(8, "big"), "sha256")[:16].hex()


def _base64_of_public(key: PrivateKey) -> str:
    return b64encode(key.public_key().public_bytes_raw()).decode()
