"""The one door of a sandbox's regulator: every request leaves one entry in the journal.

A request is struck by a fault or heard, its sender is known by the signature, a nonce counts once,
a repeated message gets its former answer, a wrong one gets everything that is wrong with it, and a
right one is put to a lifecycle. What is decided is on disk before anyone is told.
"""

import asyncio
import json
import logging
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from simulator.faults import Blow
from simulator.journal.entry import Entry
from simulator.journal.events import Event, PlatformRegistered
from simulator.journal.records import Decided, Delivery, Exchange, Opened
from simulator.journal.sqlite import StoreFailed
from simulator.messages import signature
from simulator.regulator import reading, views
from simulator.regulator.api import Call, Operation, Page
from simulator.regulator.courier import Courier
from simulator.regulator.heard import BODY_BYTES_MAX, Heard, hear
from simulator.regulator.lifecycle import notice, timers
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.memory import FormerAnswers, Nonces, fingerprint_of
from simulator.regulator.refusal import Refusal, refuse_plainly
from simulator.regulator.state import RegulatorState
from simulator.sandbox import Sandbox, SandboxClosed
from simulator.transport import Struck

UNKNOWN = "unknown"
"""Operation of a request to a path or method that the interface does not have."""

PROBLEM = "application/problem+json"
TICK_S = 0.05

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answered:
    """What one request came to."""

    status: int
    answer: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    refusal: str | None = None
    events: tuple[Event, ...] = ()
    replayed: bool = False

    @property
    def taken(self) -> bool:
        return self.refusal is None and not self.replayed

    def response(self) -> Response:
        media_type = "application/json" if self.refusal is None else PROBLEM
        return Response(as_bytes(self.answer), self.status, self.headers, media_type)


class Office:
    """The regulator of one sandbox. `start` it on the running loop; `close` it at the end."""

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        callbacks_anywhere: bool = False,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self.sandbox = sandbox
        self.state = RegulatorState()
        self.courier = Courier(sandbox, self.state, http=http)
        self._callbacks_anywhere = callbacks_anywhere
        self._nonces = Nonces()
        self._former = FormerAnswers()
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._platforms: dict[str, str] = {}
        """Registration id by key id."""
        self._foreseen: tuple[Event, ...] = ()
        self._ticking: asyncio.Task[None] | None = None
        sandbox.follow(self._fold)

    def start(self) -> None:
        """Takes up what was under way: timers tick, and pending notices are brought again."""
        self._ticking = asyncio.get_running_loop().create_task(self._tick())
        self.courier.resume()

    async def close(self) -> None:
        """Stops timers and deliveries; what is pending stays in the journal."""
        if self._ticking is not None:
            self._ticking.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticking
        await self.courier.close()

    async def receive(
        self, request: Request, operation: Operation | None, *, allowed: Sequence[str] = ()
    ) -> Response:
        """Answers one request; without an `operation`, `allowed` are the methods of its path."""
        name = UNKNOWN if operation is None else operation.id
        faults = self.sandbox.faults
        blow = await faults.strike("regulator", name, "before")
        if blow is not None:
            await blow.wait()
        try:
            heard = await hear(request, self.sandbox.clock.wall)
            if blow is not None and blow.status is not None:
                return await self._cut_off(heard, name, blow)
            if blow is None:
                blow = await faults.strike("regulator", name, "after")
            return await self._answer(heard, operation, allowed, blow)
        except ClientDisconnect:  # Not a whole request, and nobody is left to be answered.
            if blow is not None:
                blow.miss()
            return Response(status_code=400)
        except (StoreFailed, SandboxClosed) as failure:
            return _refused(refuse_plainly("journal_unavailable", str(failure))).response()

    async def decide(self, by: str, command: str, events: Sequence[Event]) -> Decided:
        """Records what the regulator does unasked, and brings the notices that follow."""
        decided, entry = self._decide(by, command, tuple(events))
        await self.sandbox.durable(entry)
        self.courier.carry(decided.events)
        return decided

    async def run_timers(self) -> tuple[Decided, ...]:
        """Runs everything that is due by now, in order, and tells what happened."""
        now = self.sandbox.clock.now()
        happened = list(self._run_what_is_due(now))
        if happened:
            await self.sandbox.durable(happened[-1][1])
        for decided, _ in happened:
            self.courier.carry(decided.events)
        return tuple(decided for decided, _ in happened)

    def _run_what_is_due(self, now: datetime) -> Iterator[tuple[Decided, Entry]]:
        """Until nothing more happens, as one timer may bring others."""
        goes_on = True
        while goes_on:
            goes_on = False
            for due in timers.due(self.state, now):
                events = timers.run(self.state, due, now, self.sign)
                if events:
                    goes_on = True
                    yield self._decide("timer", f"{due.command} {due.subject}", events)

    def sign(self, message: bytes) -> str:
        """The regulator's signature in base64."""
        return b64encode(self.sandbox.regulator_key.sign(message)).decode()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            try:
                await self.run_timers()
            except (StoreFailed, SandboxClosed):
                return
            except Exception:  # One timer that fails must not stop the others for ever.
                log.exception("a timer of sandbox %s failed", self.sandbox.id)

    # A request, step by step. Up to the append nothing waits, so that no two requests mingle.

    async def _cut_off(self, heard: Heard, name: str, blow: Blow) -> Response:
        """A fault keeps the request from being heard; the journal alone knows that it came."""
        sender = self._sender(heard)
        record = Exchange(
            operation=name,
            platform=sender.platform if isinstance(sender, Sender) else None,
            method=heard.method,
            path=heard.path,
            query=heard.query,
            headers=heard.headers,
            body=heard.as_evidence(whole=isinstance(sender, Sender)),
            received_at=heard.received_at,
            status=blow.status or 0,
            answer=None,
            refusal=None,
            idempotency_key=heard.idempotency_key,
            fault=blow.fault,
            taken=False,
        )
        await self.sandbox.write(record)
        return Struck(blow)

    async def _answer(
        self,
        heard: Heard,
        operation: Operation | None,
        allowed: Sequence[str],
        blow: Blow | None,
    ) -> Response:
        if operation is None:
            platform, answered = None, _unknown(heard, allowed)
        else:
            platform, answered = self._put(heard, operation)
        record = Exchange(
            operation=UNKNOWN if operation is None else operation.id,
            platform=platform,
            method=heard.method,
            path=heard.path,
            query=heard.query,
            headers=heard.headers,
            body=heard.as_evidence(whole=platform is not None or answered.taken),
            received_at=heard.received_at,
            status=answered.status if blow is None or blow.status is None else blow.status,
            answer=answered.answer,
            refusal=answered.refusal,
            idempotency_key=_key_that_counts(heard, operation),
            replayed=answered.replayed,
            fault=None if blow is None else blow.fault,
            taken=answered.taken,
            events=answered.events,
        )
        await self.sandbox.durable(self._append(record))
        self.courier.carry(answered.events)
        response = answered.response()
        return response if blow is None else Struck(blow, response)

    def _put(self, heard: Heard, operation: Operation) -> tuple[str | None, Answered]:
        """Who sent the request, and what it came to."""
        if heard.body is None:
            return None, _refused(
                refuse_plainly("body_too_large", f"a body may have {BODY_BYTES_MAX} bytes at most")
            )
        platform = None
        if operation.is_signed:
            sender = self._sender(heard)
            if isinstance(sender, Refusal):
                return None, _refused(sender)
            if self._nonces.has_seen(sender.platform, sender.nonce):
                return None, _refused(
                    refuse_plainly("nonce_replayed", f"the nonce {sender.nonce!r} was used before")
                )
            platform = sender.platform
        try:
            return platform, self._put_from(platform, heard, heard.body, operation)
        except Exception:
            log.exception("%s failed in sandbox %s", operation.id, self.sandbox.id)
            return platform, _refused(
                refuse_plainly("internal_error", "the message may be right; tell the operator"),
                self._foreseen,
            )

    def _put_from(
        self, platform: str | None, heard: Heard, body: bytes, operation: Operation
    ) -> Answered:
        """What a request came to whose sender is known."""
        if operation.idempotency != "none":
            wrong = reading.check_idempotency_key(
                heard.idempotency_key, demand=operation.idempotency
            )
            former = wrong or self._former_answer(platform, heard, operation)
            if former is not None:
                return former if isinstance(former, Answered) else _refused(former)
        if operation.needs_confirmed_callback and not self._is_active(platform):
            return _refused(
                refuse_plainly(
                    "callback_unconfirmed", "answer the challenge at your callback first"
                )
            )
        page = reading.page_asked_for(heard.query, lists=operation.lists)
        if isinstance(page, Refusal):
            return _refused(page)
        message = None if operation.body is None else operation.body.read(heard.media_type, body)
        if isinstance(message, Refusal):
            return _refused(message)
        return self._ask(operation, self._call(platform, heard, page), message)

    def _ask(self, operation: Operation, call: Call, message: Any) -> Answered:
        outcome = operation.ask(call, message)
        if isinstance(outcome, Refusal):
            self._foresee(outcome.alerts)
            return _refused(outcome, self._foreseen)
        self._foresee(self._with_notices(outcome.events))
        answer = outcome.tell().model_dump(mode="json")
        headers = self._location(operation, answer)
        return Answered(operation.status, answer, headers, events=self._foreseen)

    def _sender(self, heard: Heard) -> "Sender | Refusal":
        try:
            signed = signature.verify(
                method=heard.method,
                path=heard.path,
                query=heard.query,
                headers=heard.headers,
                body=heard.body or b"",
                key_of=self._key_of,
                now=heard.received_at,
            )
        except signature.BadSignature as bad:
            return refuse_plainly(bad.code, bad.detail)
        return Sender(self._platforms[signed.key_id], signed.nonce)

    def _key_of(self, key_id: str) -> Ed25519PublicKey | None:
        return self._keys.get(key_id)

    def _former_answer(
        self, platform: str | None, heard: Heard, operation: Operation
    ) -> Answered | Refusal | None:
        if platform is None or heard.idempotency_key is None:
            return None
        former = self._former.to(platform, heard.idempotency_key)
        if former is None:
            return None
        if former.fingerprint != fingerprint_of(heard):
            return refuse_plainly(
                "idempotency_conflict",
                f"the key {heard.idempotency_key!r} was used before with another path or body",
            )
        answer = former.answer or {}
        headers = {"idempotency-replayed": "true"} | self._location(operation, answer)
        return Answered(operation.status, answer, headers, replayed=True)

    def _location(self, operation: Operation, answer: dict[str, Any]) -> dict[str, str]:
        """Where what was created can be read."""
        if operation.status != 201:
            return {}
        name = operation.located or answer["id"]
        return {"location": f"/{self.sandbox.id}/v1{operation.path}/{name}"}

    def _is_active(self, platform: str | None) -> bool:
        return platform is not None and self.state.registrations[platform].status == "active"

    def _call(self, platform: str | None, heard: Heard, page: Page) -> Call:
        return Call(
            sandbox=self.sandbox,
            state=self.state,
            platform=platform or "",
            path=heard.path_values,
            page=page,
            now=self.sandbox.clock.now(),
            sign=self.sign,
            callbacks_anywhere=self._callbacks_anywhere,
        )

    # State is a fold; but the answer within an entry tells of the state after that entry.

    def _foresee(self, events: Sequence[Event]) -> None:
        """Folds events whose entry is appended next, so that its answer can tell of them."""
        self.state.fold_all(events)
        self._foreseen += tuple(events)

    def _with_notices(self, events: tuple[Event, ...]) -> tuple[Event, ...]:
        """The events and the notices that tell the platform of them."""
        return (*events, *notice.issue_for(self.state, events, self.sandbox.clock.now()))

    def _decide(self, by: str, command: str, events: tuple[Event, ...]) -> tuple[Decided, Entry]:
        self._foresee(self._with_notices(events))
        decided = Decided(by=by, command=command, events=self._foreseen)
        return decided, self._append(decided)

    def _append(self, record: Exchange | Decided) -> Entry:
        try:
            return self.sandbox.append(record)
        finally:
            self._foreseen = ()

    def _fold(self, entry: Entry) -> None:
        """Takes in one entry, fresh or recovered."""
        if entry.kind not in _KINDS_FOLDED:
            return
        record = entry.record
        assert isinstance(record, Opened | Exchange | Delivery | Decided)
        if not self._foreseen:
            self.state.fold_all(record.events)
        for event in record.events:
            if isinstance(event, PlatformRegistered):
                self._know(event)
        if isinstance(record, Opened):
            self.state.policy = Policy(**record.policy)
        elif isinstance(record, Exchange):
            self._remember(record, entry)
        elif isinstance(record, Delivery):
            self.courier.fold(record)

    def _know(self, registered: PlatformRegistered) -> None:
        key = Ed25519PublicKey.from_public_bytes(b64decode(registered.public_key))
        self._keys[registered.key_id] = key
        self._platforms[registered.key_id] = registered.id

    def _remember(self, exchange: Exchange, entry: Entry) -> None:
        was_heard = exchange.taken or exchange.replayed or exchange.refusal is not None
        if exchange.platform is not None and was_heard:
            nonce = signature.nonce_of(exchange.headers["signature-input"])
            self._nonces.remember(exchange.platform, nonce, entry.wall_at)
        self._former.remember(exchange)


@dataclass(frozen=True, slots=True)
class Sender:
    """The registered platform whose signature held."""

    platform: str
    nonce: str


_KINDS_FOLDED = {record.kind for record in (Opened, Exchange, Delivery, Decided)}


def as_bytes(answer: dict[str, Any]) -> bytes:
    """JSON as it goes out; a lone surrogate that a sender smuggled in goes back escaped."""
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "backslashreplace")


def _refused(refusal: Refusal, events: tuple[Event, ...] = ()) -> Answered:
    headers: dict[str, str] = {}
    if refusal.retry_after_s is not None:
        headers["retry-after"] = str(max(1, round(refusal.retry_after_s)))
    if refusal.status == 401:
        headers["www-authenticate"] = f'Signature label="{signature.LABEL}"'
    return Answered(
        refusal.status,
        views.problem(refusal).model_dump(mode="json"),
        headers,
        refusal.code,
        events,
    )


def _unknown(heard: Heard, allowed: Sequence[str]) -> Answered:
    """The answer to a request that no operation takes."""
    if not allowed:
        return _refused(
            refuse_plainly("not_found", f"there is nothing at {reading.shown(heard.path)}")
        )
    methods = ", ".join(allowed)
    refused = _refused(
        refuse_plainly("method_not_allowed", f"this resource takes {methods}, not {heard.method}")
    )
    refused.headers["allow"] = methods
    return refused


def _key_that_counts(heard: Heard, operation: Operation | None) -> str | None:
    if operation is None or operation.idempotency == "none":
        return None
    return heard.idempotency_key
