"""Brings notices to the platform's callback, signed, in order, until acknowledged or given up.

The first attempts of a platform's notices go one after the other; a notice that fails is tried
again beside those that follow it, so that one lost notice does not keep a stop order from its
reader. Before the first notice a new callback must send back a challenge. Every attempt is in the
journal.
"""

import asyncio
import hashlib
import json
import ssl
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from simulator.faults import Blow, Delay, HoldBack, Lose, Repeat
from simulator.journal.events import (
    CallbackChanged,
    CallbackConfirmed,
    Event,
    NoticeIssued,
    PlatformRegistered,
)
from simulator.journal.records import Delivery
from simulator.journal.sqlite import StoreFailed
from simulator.messages import signature
from simulator.messages.registration import Challenge
from simulator.regulator import callbacks, views
from simulator.regulator.lifecycle import notice, registration, regulator_key
from simulator.regulator.lifecycle.registration import Registration
from simulator.regulator.state import RegulatorState
from simulator.sandbox import Sandbox, SandboxClosed

ATTEMPTS_MAX = 8
BACKOFF_S = 0.2
BACKOFF_S_MAX = 5.0
ANSWER_S_MAX = 5.0
PATIENCE_S = 1.0
"""How long the next notice waits for the first attempt of the one before."""
ANSWER_BYTES_MAX = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from a callback; status 0 where nothing did."""

    status: int
    body: bytes = b""
    error: str | None = None

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


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
    ) -> None:
        self._sandbox = sandbox
        self._state = state
        self._http = http
        self._callbacks_anywhere = callbacks_anywhere
        self._tls = tls
        self._backoff_s = backoff_s
        self._attempts: dict[str, int] = {}
        self._queues: dict[str, Queue] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def fold(self, delivery: Delivery) -> None:
        """Counts an attempt, fresh or recovered."""
        self._attempts[delivery.notice] = max(
            delivery.attempt, self._attempts.get(delivery.notice, 0)
        )

    def carry(self, events: Iterable[Event]) -> None:
        """Brings what these events tell; they are on disk."""
        for event in events:
            match event:
                case NoticeIssued():
                    self._enqueue(event.platform, event.id)
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
        return sum(self._attempts.get(id, 0) >= ATTEMPTS_MAX for id in self._state.unacknowledged)

    async def close(self) -> None:
        """Stops; what is not acknowledged stays pending."""
        for task in list(self._tasks):
            task.cancel()
        for task in list(self._tasks):
            with suppress(asyncio.CancelledError):
                await task
        if self._http is not None:
            await self._http.aclose()

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
        for id, pending in self._state.notices.items():
            if pending.platform == platform and self._is_pending(id):
                self._enqueue(platform, id)

    def _is_pending(self, id: str) -> bool:
        held = self._state.notices[id]
        polls = self._state.registrations[held.platform].callback_url is None
        over = polls or held.acknowledged_at is not None
        return not over and self._attempts.get(id, 0) < ATTEMPTS_MAX

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
            with suppress(TimeoutError):
                await asyncio.wait_for(tried.wait(), PATIENCE_S)
            queue.waiting.task_done()

    async def _deliver(self, id: str, queue: Queue, tried: asyncio.Event) -> None:
        """Attempts until the notice is acknowledged, by this way or the other, or given up."""
        try:
            while self._is_pending(id):
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
        if id not in self._attempts:
            kind = self._state.notices[id].issued.type
            blow = await self._sandbox.faults.strike("notices", kind, "deliver")
        act = None if blow is None else blow.act
        if blow is not None and isinstance(act, Delay | HoldBack):
            gone_first = queue.count
            tried.set()
            await self._hold(blow, queue, gone_first)
        for _ in range(1 + (act.times if isinstance(act, Repeat) else 0)):
            await self._attempt(id, blow)
        if not tried.is_set():
            tried.set()
            await queue.pass_one()

    async def _hold(self, blow: Blow, queue: Queue, gone_first: int) -> None:
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

    async def _attempt(self, id: str, blow: Blow | None) -> None:
        """One attempt and its entry; a 2xx acknowledges."""
        issued = self._state.notices[id].issued
        url = self._url_of(issued.platform)
        attempt = self._attempts.get(id, 0) + 1
        sent_at = self._sandbox.clock.wall()
        if blow is not None and isinstance(blow.act, Lose):
            reply = Reply(0, error="lost on the way")
        else:
            body = (
                views.notice(self._state.notices[id], source=source_of(self._sandbox))
                .model_dump_json()
                .encode()
            )
            reply = await self._post(
                url, body, "application/cloudevents+json", f"{id}-{attempt}", sent_at
            )
        events: tuple[Event, ...] = ()
        if reply.is_taken:
            acknowledged = notice.acknowledge(
                self._state, issued.platform, id, "callback", self._sandbox.clock.now()
            )
            events = acknowledged if isinstance(acknowledged, tuple) else ()
        fault = None if blow is None else blow.fault
        await self._record(id, attempt, url, sent_at, reply, fault, events)

    async def _challenge(self, platform: str) -> None:
        """Asks a new callback to send back a token that only its reader can know."""
        held = self._state.registrations[platform]
        id, url = _challenge_id(held), held.to_be_challenged
        while url is not None and self._attempts.get(id, 0) < ATTEMPTS_MAX:
            if self._state.registrations[platform].to_be_challenged != url:
                return  # Another address was named meanwhile, and has a challenge of its own.
            attempt = self._attempts.get(id, 0) + 1
            token = hashlib.sha256(
                self._sandbox.regulator_key.sign(f"{id}/{attempt}".encode())
            ).hexdigest()
            body = Challenge(token=token).model_dump_json().encode()
            sent_at = self._sandbox.clock.wall()
            reply = await self._post(url, body, "application/json", f"{id}-{attempt}", sent_at)
            events: tuple[Event, ...] = ()
            if reply.status == 200 and _is_same_json(reply.body, body):
                confirmed = registration.confirm_callback(
                    self._state, platform, url, self._sandbox.clock.now()
                )
                events = confirmed if isinstance(confirmed, tuple) else ()
            elif reply.is_taken:
                reply = Reply(reply.status, error="the answer is not the challenge sent back")
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
        events: tuple[Event, ...],
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
                events=events,
            )
        )

    async def _post(
        self, url: str, body: bytes, media_type: str, name: str, sent_at: datetime
    ) -> Reply:
        """Sends a signed message. No redirect is followed: only the registered address is meant."""
        client = self._client()
        signing = regulator_key.in_force(self._state, self._sandbox.clock.now())
        try:
            headers = signature.sign(
                method="POST",
                url=str(httpx.URL(url)),
                headers={"content-type": media_type},
                body=body,
                key=self._sandbox.regulator_private_key(signing.number),
                key_id=signing.id,
                nonce=f"{name}-{sent_at.timestamp():.6f}",
                created=sent_at,
            )
            async with asyncio.timeout(ANSWER_S_MAX):
                async with client.stream("POST", url, content=body, headers=headers) as response:
                    return Reply(response.status_code, await _beginning_of(response))
        except TimeoutError:
            return Reply(0, error=f"no answer within {ANSWER_S_MAX:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as failure:
            return Reply(0, error=f"{type(failure).__name__}: {failure}")

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = callbacks.client(
                anywhere=self._callbacks_anywhere, timeout_s=ANSWER_S_MAX, tls=self._tls
            )
        return self._http

    def _url_of(self, platform: str) -> str:
        url = self._state.registrations[platform].callback_url
        assert url is not None, f"{platform} polls and has no callback"
        return url

    def _pause_s(self, id: str) -> float:
        """Doubles with every attempt, up to a limit."""
        return min(BACKOFF_S_MAX, self._backoff_s * 2.0 ** (self._attempts.get(id, 1) - 1))


def _challenge_id(held: Registration) -> str:
    """Each address that a platform names has a challenge and attempts of its own."""
    return f"challenge:{held.id}" + (f":{held.changes}" if held.changes else "")


def source_of(sandbox: Sandbox) -> str:
    """Who speaks in a notice, as CloudEvents wants it."""
    return f"/{sandbox.id}/v1"


async def _beginning_of(response: httpx.Response) -> bytes:
    """As much of the answer as a reader needs; the sender may never end it."""
    kept = bytearray()
    async for part in response.aiter_bytes():
        kept += part
        if len(kept) > ANSWER_BYTES_MAX:
            break
    return bytes(kept[:ANSWER_BYTES_MAX])


def _is_same_json(answer: bytes, sent: bytes) -> bool:
    try:
        return bool(json.loads(answer) == json.loads(sent))
    except (ValueError, RecursionError):  # Not JSON, not UTF-8, or nested without end.
        return False
