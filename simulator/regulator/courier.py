"""Brings notices to the platform's callback, in order, until acknowledged or given up.

The first attempts of a platform's notices go one after the other; a notice that fails is tried
again beside those that follow it, so that one lost notice does not keep a stop order from its
reader. After the last attempt it is a dead letter, until somebody asks for its redelivery. Before
the first notice a new callback must send back a challenge. Every attempt is in the journal.
"""

import asyncio
import ssl
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from simulator.faults import Blow, Delay, Forgery, HoldBack, Lose, Repeat
from simulator.journal.events import Event
from simulator.journal.events.notice import NoticeIssued, NoticeRedelivered
from simulator.journal.events.registration import (
    CallbackChanged,
    CallbackConfirmed,
    PlatformRegistered,
)
from simulator.journal.records import Delivery
from simulator.journal.writer import StoreFailed
from simulator.regulator import challenge, views
from simulator.regulator.delivery_log import Attempts, DeliveryLog
from simulator.regulator.lifecycle import notice, registration
from simulator.regulator.lifecycle.registration import Registration
from simulator.regulator.messenger import Letter, Messenger, Reply
from simulator.regulator.state import RegulatorState
from simulator.regulator.tracing import KnownTraces, Traces
from simulator.sandbox import Sandbox, SandboxClosed

ATTEMPTS_MAX = 8
"""Of one round; a redelivery begins a new one."""
BACKOFF_S = 0.2
BACKOFF_S_MAX = 5.0
PATIENCE_S = 1.0
"""How long the next notice waits for the first attempt of the one before."""


@dataclass(slots=True)
class Queue:
    """The notices of one platform, in order; `passed` tells that one had its first attempt."""

    waiting: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    passed: asyncio.Condition = field(default_factory=asyncio.Condition)
    count: int = 0

    async def pass_one(self) -> None:
        """Says that a notice has had its first attempt."""
        async with self.passed:
            self.count += 1
            self.passed.notify_all()

    async def wait_past(self, count: int) -> None:
        """Returns when more than `count` notices have had their first attempt."""
        async with self.passed:
            await self.passed.wait_for(lambda: self.count > count)


class Courier:
    """The deliveries of one sandbox."""

    def __init__(
        self,
        sandbox: Sandbox,
        state: RegulatorState,
        *,
        http: httpx.AsyncClient | None = None,
        callbacks_anywhere: bool = False,
        tls: ssl.SSLContext | None = None,
        backoff_s: float = BACKOFF_S,
        attempts: Attempts | None = None,
        traces: KnownTraces | None = None,
    ) -> None:
        self.log = DeliveryLog(state, attempts)
        self.traces = Traces(state, traces)
        self._sandbox = sandbox
        self._state = state
        self._messenger = Messenger(
            sandbox, state, http=http, callbacks_anywhere=callbacks_anywhere, tls=tls
        )
        self._backoff_s = backoff_s
        self._queues: dict[str, Queue] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def carry(self, events: Iterable[Event]) -> None:
        """Brings what these events tell; they are on disk."""
        for event in events:
            match event:
                case NoticeIssued():
                    self._enqueue(event.platform, event.id)
                case NoticeRedelivered():
                    self._enqueue(self._state.notices[event.id].platform, event.id)
                case PlatformRegistered(callback_url=str()) | CallbackChanged(callback_url=str()):
                    self._spawn(self._challenge(event.id))
                case CallbackConfirmed():
                    self._resume_platform(event.id)

    def resume(self) -> None:
        """Takes up every challenge and notice that was under way when the process ended."""
        for id, registered in self._state.registrations.items():
            if registered.to_be_challenged is not None:
                self._spawn(self._challenge(id))
            if registered.status == "active":
                self._resume_platform(id)

    def pending(self) -> int:
        """Notices that are still to be acknowledged."""
        return len(self._state.unacknowledged) - self.given_up()

    def given_up(self) -> int:
        """Notices that nobody acknowledged, and that are brought no more."""
        return sum(
            self._state.notices[id].given_up is not None or self._attempts_left(id) <= 0
            for id in self._state.unacknowledged
        )

    async def close(self) -> None:
        """Stops; what is not acknowledged stays pending."""
        while self._tasks:  # One that ends may just have begun another.
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._messenger.close()

    async def settled(self) -> None:
        """Returns when every delivery under way has come to its end, acknowledged or given up."""
        while True:
            for queue in list(self._queues.values()):
                await queue.waiting.join()
            under_way = [task for task in self._tasks if task.get_name() == "delivery"]
            if not under_way:
                return
            await asyncio.wait(under_way)

    def _resume_platform(self, platform: str) -> None:
        for id in self._state.unacknowledged:
            if self._state.notices[id].platform == platform and self._is_pending(id):
                self._enqueue(platform, id)

    def _is_pending(self, id: str) -> bool:
        """Whether another attempt is to be made. Journals of former versions know no dead letters:
        there the attempts alone tell the end."""
        held = self._state.notices[id]
        polls = self._state.registrations[held.platform].callback_url is None
        return held.is_pending and not polls and self._attempts_left(id) > 0

    def _attempts_left(self, id: str) -> int:
        made = self.log.attempts(id) - self._state.notices[id].attempts_before
        return ATTEMPTS_MAX - made

    def _enqueue(self, platform: str, id: str) -> None:
        registered = self._state.registrations[platform]
        if registered.callback_url is None or registered.status != "active":
            return
        if platform not in self._queues:
            self._queues[platform] = Queue()
            self._spawn(self._serve(self._queues[platform]), name="queue")
        self._queues[platform].waiting.put_nowait(id)

    def _spawn(
        self, work: Coroutine[Any, Any, None], name: str = "delivery"
    ) -> "asyncio.Task[None]":
        async def quietly() -> None:
            with suppress(StoreFailed, SandboxClosed):  # Nothing can be recorded any more.
                await work

        task = asyncio.get_running_loop().create_task(quietly(), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _serve(self, queue: Queue) -> None:
        """Starts the deliveries of one platform in order."""
        while True:
            id = await queue.waiting.get()
            tried = asyncio.Event()
            self._spawn(self._deliver(id, queue, tried))
            with suppress(TimeoutError):  # `wait_for` would swallow a cancellation in Python 3.11.
                async with asyncio.timeout(PATIENCE_S):
                    await tried.wait()
            queue.waiting.task_done()

    async def _deliver(self, id: str, queue: Queue, tried: asyncio.Event) -> None:
        """Attempts until the notice is acknowledged, by this way or the other, or given up."""
        round = self._state.notices[id].round
        try:
            while self._is_pending(id) and self._state.notices[id].round == round:
                await self._try_once(id, queue, tried)
                if self._is_pending(id):
                    await asyncio.sleep(self._pause_s(id))
        finally:
            tried.set()

    async def _try_once(self, id: str, queue: Queue, tried: asyncio.Event) -> None:
        """One attempt, or what a fault makes of it; while one is held back, the next may go.

        Only the first attempt can be struck: a fault happens to a notice, not to its retries.
        """
        blow: Blow | None = None
        if not self.log.attempts(id):
            kind = self._state.notices[id].issued.type
            blow = await self._sandbox.faults.strike("notices", kind, "deliver")
        act = None if blow is None else blow.act
        if blow is not None and isinstance(act, Delay | HoldBack):
            gone_first = queue.count
            tried.set()
            await _hold(blow, queue, gone_first)
        for _ in range(1 + (act.times if isinstance(act, Repeat) else 0)):
            if self._state.notices[id].given_up is None:
                await self._attempt(id, blow)
        if not tried.is_set():
            tried.set()
            await queue.pass_one()

    async def _attempt(self, id: str, blow: Blow | None) -> None:
        """One attempt and its entry; a 2xx acknowledges, but never what was forged."""
        issued = self._state.notices[id].issued
        url = self._url_of(issued.platform)
        attempt = self.log.attempts(id) + 1
        sent_at = self._sandbox.clock.wall()
        act = None if blow is None else blow.act
        forgery = act if isinstance(act, Forgery) else None
        if isinstance(act, Lose):
            reply = Reply(0, error="lost on the way")
        else:
            told = views.notice(self._state.notices[id], source=source_of(self._sandbox))
            body = told.model_dump_json().encode()
            media_type = "application/cloudevents+json"
            name, trace = f"{id}-{attempt}", self.traces.headers(id)
            letter = Letter(url, body, media_type, name, sent_at, trace)
            reply = await self._messenger.send(letter, forgery)
        heard = reply.is_taken and forgery is None
        events = self._acknowledged(id) if heard else self._failed(id, reply)
        fault = None if blow is None else blow.fault
        forged = forgery is not None
        await self._record(id, attempt, url, sent_at, reply, fault, events, forged=forged)

    def _acknowledged(self, id: str) -> tuple[Event, ...]:
        now = self._sandbox.clock.now()
        platform = self._state.notices[id].platform
        outcome = notice.acknowledge(self._state, platform, id, "callback", now)
        return outcome if isinstance(outcome, tuple) else ()

    def _failed(self, id: str, reply: Reply) -> tuple[Event, ...]:
        """Nothing, until no attempt is left."""
        if self._attempts_left(id) > 1:
            return ()
        attempts = self.log.attempts(id) + 1
        last = reply.error or f"the callback answered {reply.status}"
        reason = f"not acknowledged by attempt {attempts}: {last}"
        return notice.give_up(self._state, id, attempts, reason, self._sandbox.clock.now())

    async def _challenge(self, platform: str) -> None:
        """Asks a new callback who it is, until it answers or the attempts are used up."""
        held = self._state.registrations[platform]
        id, url = _challenge_id(held), held.to_be_challenged
        while url is not None and self.log.attempts(id) < ATTEMPTS_MAX:
            if self._state.registrations[platform].to_be_challenged != url:
                return  # Another address was named meanwhile, and has a challenge of its own.
            attempt = self.log.attempts(id) + 1
            sent_at = self._sandbox.clock.wall()
            reply, answered = await challenge.pose(
                self._sandbox, self._messenger, id=id, url=url, attempt=attempt, sent_at=sent_at
            )
            events: tuple[Event, ...] = ()
            if answered:
                now = self._sandbox.clock.now()
                confirmed = registration.confirm_callback(self._state, platform, url, now)
                events = confirmed if isinstance(confirmed, tuple) else ()
            await self._record(id, attempt, url, sent_at, reply, None, events)
            if events:
                self.carry(events)
                return
            await asyncio.sleep(self._pause_s(id))

    async def _record(
        self,
        id: str,
        attempt: int,
        url: str,
        sent_at: datetime,
        reply: Reply,
        fault: str | None,
        events: Sequence[Event],
        *,
        forged: bool = False,
    ) -> None:
        await self._sandbox.write(
            Delivery(
                notice=id,
                attempt=attempt,
                url=url,
                sent_at=sent_at,
                answered_at=self._sandbox.clock.wall(),
                status=reply.status,
                error=reply.error,
                fault=fault,
                events=tuple(events),
                forged=forged,
            )
        )

    def _url_of(self, platform: str) -> str:
        url = self._state.registrations[platform].callback_url
        assert url is not None, f"{platform} polls and has no callback"
        return url

    def _pause_s(self, id: str) -> float:
        """Doubles with every attempt of a round, up to a limit."""
        known = self._state.notices.get(id)
        made = self.log.attempts(id) - (known.attempts_before if known is not None else 0)
        return min(BACKOFF_S_MAX, self._backoff_s * 2.0 ** (max(made, 1) - 1))


async def _hold(blow: Blow, queue: Queue, gone_first: int) -> None:
    """Waits as the blow says: a time, or until the next notice has gone first."""
    await blow.wait()
    if isinstance(blow.act, HoldBack):
        released = [
            asyncio.ensure_future(queue.wait_past(gone_first)),
            asyncio.ensure_future(blow.over()),
        ]
        await asyncio.wait(
            released,
            timeout=blow.act.seconds_max,
            return_when=asyncio.FIRST_COMPLETED,
        )
        for waiting in released:
            waiting.cancel()


def _challenge_id(held: Registration) -> str:
    """Each address that a platform names has a challenge and attempts of its own."""
    return f"challenge:{held.id}" + (f":{held.changes}" if held.changes else "")


def source_of(sandbox: Sandbox) -> str:
    """Who speaks in a notice, as CloudEvents wants it."""
    return f"/{sandbox.id}/v1"
