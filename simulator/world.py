"""Every sandbox of one state directory, each with the parties that live in it.

A sandbox opens when somebody first speaks of it, by reading its journal; nothing else is kept
between two starts.
"""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

from simulator.clock import WallClock, wall_now
from simulator.journal.entry import Entry
from simulator.journal.events import Event
from simulator.journal.events.key import PasscodeReissued
from simulator.journal.events.registration import CallbackConfirmed
from simulator.journal.events.regulator_key import RegulatorKeyAnnounced
from simulator.journal.ndjson import to_line
from simulator.journal.snapshot import Head, read_snapshot
from simulator.journal.sqlite import SandboxSecrets, SqliteStore
from simulator.journal.verify import Line
from simulator.journal.writer import StoreFailed
from simulator.messages.suites import DEFAULT
from simulator.metrics import Gauge, Metrics
from simulator.recipient.app import Recipients
from simulator.recipient.replies import Reply
from simulator.regulator.lifecycle import key, regulator_key
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.office import Known, Office
from simulator.sandbox import Sandbox, SandboxClosed, SandboxExists, Twin
from simulator.saturation import Saturation

JOURNAL_FILE = "journal.sqlite"
RESERVED = ("control", "healthz", "metrics", "readyz")
"""Names that a sandbox cannot have, because the process itself answers there."""
COMMIT_S_MAX = 2.0
"""A journal that takes longer to commit is not ready."""


@dataclass(frozen=True, slots=True)
class Site:
    """One open sandbox with its regulator and its recipients."""

    sandbox: Sandbox
    office: Office
    recipients: Recipients


@dataclass(frozen=True, slots=True)
class Fork:
    """A sandbox that nobody has spoken of since it was forked, and what its parties know."""

    twin: Twin
    last: Entry
    office: Known
    replies: dict[str, Reply]


class World:
    """The one owner of the store; all of it happens on one running loop.

    `callbacks_anywhere` lets platforms have their notices brought to other hosts than this one.
    `has_expired` says that whoever serves it has an expired certificate to show.
    """

    def __init__(
        self,
        state_dir: Path,
        *,
        callbacks_anywhere: bool = False,
        tls: ssl.SSLContext | None = None,
        has_expired: bool = False,
        wall: WallClock = wall_now,
    ) -> None:
        self.state_dir = state_dir
        self._tls = tls
        self.has_expired = has_expired
        self._callbacks_anywhere = callbacks_anywhere
        self._wall = wall
        self.saturation = Saturation()
        self.metrics = Metrics(self._gauges())
        self._store = SqliteStore(state_dir / JOURNAL_FILE, committed=self.metrics.commit)
        self._ids = set(self._store.sandboxes())
        self._claimed: set[str] = set()
        """Ids of sandboxes that are being copied."""
        self._open: dict[str, Site] = {}
        self._forked: dict[str, Fork] = {}
        """Sandboxes that are on disk and were not opened yet, though all is known of them."""
        self._beginning: asyncio.Task[None] | None = None

    def ids(self) -> list[str]:
        """Every sandbox that there is, open or not."""
        return sorted(self._ids)

    def site(self, id: str) -> Site | None:
        """The sandbox called `id`, opened if it was not; `None` if there is none."""
        if id in self._open:
            return self._open[id]
        if id not in self._ids:
            return None
        if id in self._forked:
            return self._settle_fork(self._forked.pop(id))
        return self._settle(Sandbox.recover(self._store, id, wall=self._wall))

    def office(self, id: str) -> Office | None:
        """The regulator in the sandbox `id`."""
        site = self.site(id)
        return None if site is None else site.office

    def recipients(self, id: str) -> Recipients | None:
        """The recipients abroad in the sandbox `id`."""
        site = self.site(id)
        return None if site is None else site.recipients

    def open_all(self) -> None:
        """Opens every sandbox, so that what was due while nobody served is done now."""
        for id in self.ids():
            self.site(id)

    async def create(
        self,
        id: str,
        *,
        passcode: str,
        seed: int,
        starts_at: datetime,
        rule_pack: str,
        rate: float,
        suite: str = DEFAULT,
        scenario_headers: bool = False,
        script: dict[str, Any] | None = None,
    ) -> Site:
        """A new sandbox, on disk; raises SandboxExists where the id is taken."""
        self._refuse_taken(id)
        sandbox = Sandbox.create(
            self._store,
            id=id,
            passcode=passcode,
            seed=seed,
            starts_at=starts_at,
            rule_pack=rule_pack,
            policy=asdict(Policy()),
            rate=rate,
            suite=suite,
            scenario_headers=scenario_headers,
            script=script,
            wall=self._wall,
        )
        self._ids.add(id)
        site = self._settle(sandbox)
        try:
            await sandbox.all_durable()
        except StoreFailed:
            if self._open.get(id) is site:
                await self._forget(id)
            raise
        return site

    async def fork(self, origin: Site, id: str, *, at: int | None = None) -> None:
        """A new sandbox that goes on from the present of `origin`, or from its entry `at`.

        It opens when somebody first speaks of it. Raises SandboxExists where the id is taken.
        """
        sandbox = origin.sandbox
        if at is None:
            await self._fork_present(origin, id)
            return
        await sandbox.all_durable()
        lines = self._store.lines(sandbox.id, at)
        await self._copy(id, sandbox.secrets, lines, by="fork", sandbox_at=None)

    async def _fork_present(self, origin: Site, id: str) -> None:
        """What the origin knows need not be read again, and its entries need not leave the
        store."""
        with self._claiming(id):
            sandbox = origin.sandbox
            twin, office = sandbox.twin(id), origin.office.known()
            replies = dict(origin.recipients.replies.known)
            await sandbox.all_durable()
            chain = await asyncio.to_thread(twin.chained_on, self._store)
            if not sandbox.takes_entries:  # Its entries may be gone before they are copied.
                raise SandboxClosed(f"sandbox {sandbox.id!r} ended while it was forked")
            await asyncio.wrap_future(twin.found(self._store, chain))
            self._forked[id] = Fork(twin, chain.last, office, replies)
            self._ids.add(id)

    async def snapshot(self, site: Site) -> Iterator[str]:
        """The lines of one file from which `restore` makes the sandbox again, secrets and all; to
        be read on any thread."""
        sandbox = site.sandbox
        entries = sandbox.next_sequence() - 1
        head = Head(sandbox.secrets, entries, sandbox.head, sandbox.clock.now())
        await sandbox.all_durable()
        return chain([head.line()], map(to_line, islice(self.journal(sandbox.id), entries)))

    async def restore(self, file: Path, id: str | None = None) -> str:
        """The sandbox of a snapshot, under its own id or another, on disk; its id.

        Raises SandboxExists where the id is taken, and Broken, NewerFormat or JournalUnreadable for
        a file that cannot be trusted or read: then nothing was made.
        """
        head, lines = await asyncio.to_thread(read_snapshot, file)
        id = id or head.secrets.sandbox
        await self._copy(id, head.secrets, lines, by="snapshot", sandbox_at=head.sandbox_at)
        return id

    async def _copy(
        self,
        id: str,
        keys: SandboxSecrets,
        lines: Iterable[Line],
        *,
        by: str,
        sandbox_at: datetime | None,
    ) -> None:
        with self._claiming(id):
            commit = await asyncio.to_thread(
                Sandbox.copy,
                self._store,
                keys,
                lines,
                id=id,
                by=by,
                sandbox_at=sandbox_at,
                wall=self._wall,
            )
            await asyncio.wrap_future(commit)
            self._ids.add(id)

    @contextmanager
    def _claiming(self, id: str) -> Iterator[None]:
        """Nobody else makes a sandbox of this id meanwhile; raises SandboxExists where somebody
        has."""
        self._refuse_taken(id)
        self._claimed.add(id)
        try:
            yield
        finally:
            self._claimed.discard(id)

    def _refuse_taken(self, id: str) -> None:
        if id in self._ids or id in self._claimed:
            raise SandboxExists(id)

    async def reset(self, id: str) -> Site:
        """The sandbox at its beginning with a new journal; whoever was registered still is."""
        former = self._open[id]  # It stays there: who asks meanwhile must not open it anew.
        await former.office.close()
        registrations = _carried_over(former)
        site = self._settle(former.sandbox.reset(events=registrations))
        await site.sandbox.all_durable()
        return site

    async def delete(self, id: str) -> None:
        """Ends the sandbox and forgets it."""
        site = await self._forget(id)
        site.sandbox.delete()

    async def _forget(self, id: str) -> Site:
        site = self._open.pop(id)
        self._ids.discard(id)
        await site.office.close()
        return site

    def _settle_fork(self, fork: "Fork") -> Site:
        sandbox = Sandbox.of_twin(self._store, fork.twin, fork.last)
        return self._settle(sandbox, fork.office, fork.replies)

    def _settle(
        self,
        sandbox: Sandbox,
        office_known: Known | None = None,
        replies_known: dict[str, Reply] | None = None,
    ) -> Site:
        loop = asyncio.get_running_loop()
        self._store.when_mended(lambda: _soon(loop, self._begin_anew))
        office = Office(
            sandbox,
            callbacks_anywhere=self._callbacks_anywhere,
            tls=self._tls,
            witness=self.metrics.request,
            known=office_known,
        )
        site = Site(sandbox, office, Recipients(sandbox, replies_known))
        sandbox.all_follow()
        self._open[sandbox.id] = site
        site.office.start()
        return site

    def shows_expired(self) -> bool:
        """Whether a fault of any sandbox has the client that connects now see an expired
        certificate."""
        for site in self._sites():
            faults = site.sandbox.faults
            with suppress(StoreFailed, SandboxClosed):  # It cannot revert now, and strikes nobody.
                blow = faults.strike_now("connection", "connect", "connect") if faults else None
                if blow is not None:
                    blow.miss()
                    return True
        return False

    def journal(self, id: str, after: int = 0) -> Iterator[Entry]:
        """What is on disk of the sandbox's journal after the entry `after`."""
        return self._store.read(id, after)

    async def why_not_ready(self) -> str | None:
        """Why nothing can be committed; `None` where everything can."""
        try:
            async with asyncio.timeout(COMMIT_S_MAX):
                await asyncio.shield(asyncio.wrap_future(self._store.beat()))
        except StoreFailed:
            return "the journal cannot be written"
        except TimeoutError:
            return f"the journal was not written within {COMMIT_S_MAX:g} s"
        return None

    def journal_queue(self) -> int:
        """How many rows wait for the journal's next commit."""
        return self._store.queue

    def _begin_anew(self) -> None:
        """The store failed and can write again. What is in memory may be more than is on disk, so
        every sandbox that was open is read anew; what could not be written did not happen."""
        former, self._open = self._open, {}
        self._forked.clear()
        for site in former.values():
            site.sandbox.let_go("the journal could not be written for a while, and is read anew")
        self._ids = set(self._store.sandboxes())
        self._store.go_on()

        async def begin() -> None:
            for id, site in former.items():
                await site.office.close()
                self.site(id)

        self._beginning = asyncio.get_running_loop().create_task(begin())

    def let_go(self) -> None:
        """Lets go of every client that a fault or a stream keeps waiting."""
        for site in self._open.values():
            site.sandbox.faults.close()
            site.office.streams.close()

    async def close(self) -> None:
        """Stops what runs in the background, commits what still waits and lets go of the store."""
        await self.saturation.close()
        self.let_go()
        if self._beginning is not None:
            await self._beginning
        for site in self._open.values():
            await site.office.close()
        self._open.clear()
        self._store.close()

    def _gauges(self) -> Iterator[Gauge]:
        """What is told of the process and of all open sandboxes together."""
        near, sites = self.saturation, self._sites
        yield Gauge("reinspect_in_flight_requests", "Requests under way.", lambda: near.in_flight)
        yield Gauge(
            "reinspect_event_loop_lag_seconds",
            "The worst lag of the event loop within the last five seconds.",
            lambda: near.loop_lag_s,
        )
        yield Gauge(
            "reinspect_processor_share",
            "Processors used within the last five seconds; 1 is one of them wholly.",
            lambda: near.processor_share,
        )
        yield Gauge(
            "reinspect_journal_queue", "Rows that wait for the next commit.", self.journal_queue
        )
        yield Gauge("reinspect_sandboxes", "Sandboxes that there are.", lambda: len(self._ids))
        yield Gauge("reinspect_sandboxes_open", "Sandboxes in use.", lambda: len(sites()))
        yield Gauge(
            "reinspect_faults_armed",
            "Faults in force.",
            lambda: sum(len(site.sandbox.faults) for site in sites()),
        )
        yield Gauge(
            "reinspect_alerts",
            "Alerts that the monitoring raised.",
            lambda: sum(len(site.office.state.alerts) for site in sites()),
        )
        yield Gauge(
            "reinspect_notices_pending",
            "Notices that are still to be acknowledged.",
            lambda: sum(site.office.courier.pending() for site in sites()),
        )
        yield Gauge(
            "reinspect_notices_dead",
            "Notices whose delivery was given up.",
            lambda: sum(site.office.courier.given_up() for site in sites()),
        )

    def _sites(self) -> tuple[Site, ...]:
        return tuple(self._open.values())


def _soon(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    """Has the loop make the call, from another thread; a loop that has ended makes none."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(call)


def _carried_over(site: Site) -> tuple[Event, ...]:
    """The registrations as they would stand had they been made when the sandbox began, the
    regulator's keys, and a passcode that was issued anew and not used yet."""
    begins_at = site.sandbox.opened.starts_at
    state, now = site.office.state, site.sandbox.clock.now()
    events: list[Event] = list(_regulator_keys_carried_over(site))
    for registration in state.registrations.values():
        registered, *keys = key.carried_over(state, registration.id, now, begins_at)
        events += [registered, *keys]
        if registration.confirmed_at is not None:
            events.append(CallbackConfirmed(registration.id, begins_at))
    if state.passcode_reissued:  # Whoever lost its keys may still come back.
        events.append(PasscodeReissued(begins_at))
    return tuple(events)


def _regulator_keys_carried_over(site: Site) -> Iterator[Event]:
    """In force at once if they are now; each is vouched for anew, as its time is another one."""
    begins_at, now = site.sandbox.opened.starts_at, site.sandbox.clock.now()
    for held in list(site.office.state.regulator_keys.values())[1:]:
        valid_from = begins_at + max(held.valid_from - now, timedelta())
        carried = replace(held, valid_from=valid_from)
        former = site.sandbox.regulator_private_key(held.number - 1)
        yield RegulatorKeyAnnounced(
            key_id=carried.id,
            number=carried.number,
            public_key=carried.public_key,
            valid_from=valid_from,
            vouched=b64encode(former.sign(regulator_key.statement_of(carried))).decode(),
            at=begins_at,
        )
