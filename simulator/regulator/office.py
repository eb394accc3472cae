"""The one door of a sandbox's regulator: every request leaves one entry in the journal.

A request is struck by a fault or heard, put to the desk, and what it came to is on disk before
anyone is told. Here stand the faults and the journal; every check of a request stands in `desk`.
"""

import ssl
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from simulator.faults import Blow, Delay, Moment, Relabel, Respell, Skew
from simulator.journal.entry import Entry
from simulator.journal.events import Event
from simulator.journal.records import Decided, Delivery, Exchange, Opened
from simulator.journal.writer import RETRY_AFTER_S, StoreFailed
from simulator.regulator import unusual
from simulator.regulator.answered import Answered, refused, unknown
from simulator.regulator.api import Operation, Page
from simulator.regulator.courier import Courier
from simulator.regulator.delivery_log import Attempts
from simulator.regulator.desk import Desk
from simulator.regulator.door import Door, headers_to_keep
from simulator.regulator.folding import Folding
from simulator.regulator.heard import Heard, hear
from simulator.regulator.lifecycle import regulator_key
from simulator.regulator.lifecycle.timers import Due
from simulator.regulator.memory import FormerAnswers, Nonces
from simulator.regulator.rates import RATE
from simulator.regulator.reading import page_asked_for
from simulator.regulator.refusal import Refusal, refuse_plainly
from simulator.regulator.scenario import HEADER, Scenario, scenario_of
from simulator.regulator.senders import Sender, Senders
from simulator.regulator.state import RegulatorState
from simulator.regulator.streams import Stream, Streams
from simulator.regulator.ticking import Ticking
from simulator.regulator.timing import Measured, Timing, Witness, nobody
from simulator.regulator.tracing import KnownTraces, trace_of
from simulator.sandbox import Sandbox, SandboxClosed
from simulator.sharing import copied
from simulator.transport import Struck

UNKNOWN = "unknown"
"""Operation of a request to a path or method that the interface does not have."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an office knows by the entries of its journal."""

    state: RegulatorState = field(default_factory=RegulatorState)
    nonces: Nonces = field(default_factory=Nonces)
    former: FormerAnswers = field(default_factory=FormerAnswers)
    kept: int = 0
    """Requests of strangers that the journal keeps."""
    attempts: Attempts = field(default_factory=Attempts)
    traces: KnownTraces = field(default_factory=KnownTraces)


class Office:
    """The regulator of one sandbox. `start` it on the running loop; `close` it at the end.

    `known` is what the entries tell that nobody has it read, where the sandbox is a copy; it
    becomes the office's own.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        callbacks_anywhere: bool = False,
        http: httpx.AsyncClient | None = None,
        witness: Witness = nobody,
        tls: ssl.SSLContext | None = None,
        known: Known | None = None,
    ) -> None:
        known = known or Known()
        self.sandbox = sandbox
        self._witness = witness
        self._folding = Folding(sandbox, known.state)
        self.state = self._folding.state
        self.courier = Courier(
            sandbox,
            self.state,
            http=http,
            callbacks_anywhere=callbacks_anywhere,
            tls=tls,
            attempts=known.attempts,
            traces=known.traces,
        )
        self._senders = Senders(self._folding, nonces=known.nonces)
        self._former = known.former
        self.door = Door(self.state, kept=known.kept)
        self.streams = Streams(sandbox, self.state)
        self._desk = Desk(
            self._folding,
            self._senders,
            self._former,
            self.door,
            self.sign,
            callbacks_anywhere=callbacks_anywhere,
            deliveries_of=self.courier.log.of,
            streams_of=lambda platform: self.streams.of(platform),
        )
        self._ticking = Ticking(self._folding, self.courier, self.sign)
        sandbox.follow(self._fold)

    def known(self) -> Known:
        """All that it knows now, for the office of a copy; what never changes is shared."""
        return Known(
            copied(self.state),
            copied(self._senders.nonces),
            copied(self._former),
            self.door.kept,
            copied(self.courier.log.known),
            copied(self.courier.traces.known),
        )

    def start(self) -> None:
        """Takes up what was under way: timers tick, and pending notices are brought again."""
        self._ticking.start()
        self.courier.resume()

    async def close(self) -> None:
        """Stops timers, streams and deliveries; what is pending stays in the journal."""
        self.streams.close()
        await self._ticking.close()
        await self.courier.close()
        many = self.door.to_tell(self.sandbox.clock.wall(), at_once=True)
        if many is not None:
            with suppress(StoreFailed, SandboxClosed):
                await self.sandbox.write(many)

    async def receive(
        self, request: Request, operation: Operation | None, *, allowed: Sequence[str] = ()
    ) -> Response:
        """Answers one request; without an `operation`, `allowed` are the methods of its path."""
        name = UNKNOWN if operation is None else operation.id
        timing = Timing()
        scenario = scenario_of(
            request.headers.get(HEADER),
            operation,
            allowed=self.sandbox.opened.scenario_headers,
        )
        try:
            blow = await self._strike(scenario, name, "before")
            heard = await hear(request, self.sandbox.clock.wall)
            timing.end("hear")
            if blow is not None and blow.status is not None:
                return await self._cut_off(heard, name, blow, timing)
            if blow is None:
                blow = await self._strike(scenario, name, "after")
            return await self._answer(heard, operation, allowed, scenario, blow, timing)
        except ClientDisconnect:  # Not a whole request, and nobody is left to be answered.
            if blow is not None:
                blow.miss()
            return Response(status_code=400)
        except (StoreFailed, SandboxClosed) as failure:
            answered = refused(
                refuse_plainly(
                    "journal_unavailable",
                    str(failure),
                    "not written",
                    retry_after_s=RETRY_AFTER_S,
                )
            )
            self._witness(Measured(name, answered.status, "journal_unavailable", timing))
            return answered.response(timing)

    async def _strike(self, scenario: Scenario | Refusal, name: str, moment: Moment) -> Blow | None:
        """The blow that the request asked for, or else that of an armed fault; a delay is over."""
        faults = self.sandbox.faults
        chosen = scenario.fault if isinstance(scenario, Scenario) else None
        if chosen is not None and chosen.moment == moment:
            assert isinstance(scenario, Scenario)
            blow: Blow | None = faults.strike_once(
                chosen.id, scope="regulator", operation=name, parameters=scenario.parameters
            )
        else:
            blow = await faults.strike("regulator", name, moment)
        if blow is not None and moment == "before":
            await blow.wait()
        return blow

    async def decide(self, by: str, command: str, events: Sequence[Event]) -> Decided:
        """Records what the regulator does unasked, and brings the notices that follow."""
        decided, entry = self._folding.decide(by, command, events)
        await self.sandbox.durable(entry)
        self.courier.carry(decided.events)
        return decided

    async def run_timers(self) -> tuple[Decided, ...]:
        """Runs everything that is due by now, in order, and tells what happened."""
        return await self._ticking.run()

    @property
    def beyond_calendar(self) -> Mapping[Due, str]:
        """Timers that rest because the calendar of working days does not reach them, and why."""
        return self._ticking.beyond_calendar

    def sign(self, message: bytes) -> str:
        """The regulator's signature in base64, by the key that is in force."""
        key = regulator_key.in_force(self.state, self.sandbox.clock.now())
        return b64encode(self.sandbox.regulator_private_key(key.number).sign(message)).decode()

    async def _cut_off(self, heard: Heard, name: str, blow: Blow, timing: Timing) -> Response:
        """A fault keeps the request from being heard; the journal alone knows that it came."""
        sender = self._senders.of(heard)
        if isinstance(sender, Refusal) and not self.door.keeps(None, sender.code):
            blow.miss(is_gone=False)
            await self._count(sender.code, heard)
            return Struck(blow)
        is_known = isinstance(sender, Sender)
        record = Exchange(
            operation=name,
            platform=sender.platform if isinstance(sender, Sender) else None,
            method=heard.method,
            path=heard.path,
            query=heard.query,
            headers=headers_to_keep(heard, is_known=is_known),
            body=heard.as_evidence(whole=is_known),
            received_at=heard.received_at,
            status=blow.status or 0,
            answer=None,
            refusal=None,
            idempotency_key=heard.idempotency_key,
            fault=blow.fault,
            taken=False,
        )
        await self.sandbox.write(record)
        timing.end("commit")
        self._witness(Measured(name, record.status, "", timing))
        return Struck(blow)

    async def _answer(
        self,
        heard: Heard,
        operation: Operation | None,
        allowed: Sequence[str],
        scenario: Scenario | Refusal,
        blow: Blow | None,
        timing: Timing,
    ) -> Response:
        """Up to the append nothing waits, so that no two requests mingle."""
        happened = self._ticking.catch_up()
        if operation is None:
            platform, answered = None, unknown(heard, allowed)
        else:
            platform, answered = self._desk.put(heard, operation, timing, scenario)
        if answered.refusal is not None and not self.door.keeps(platform, answered.refusal):
            return await self._turn_away(heard, answered, blow, timing)
        is_known = platform is not None or answered.taken
        record = Exchange(
            operation=UNKNOWN if operation is None else operation.id,
            platform=platform,
            method=heard.method,
            path=heard.path,
            query=heard.query,
            headers=headers_to_keep(heard, is_known=is_known),
            body=heard.as_evidence(whole=is_known and answered.refusal != RATE),
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
        entry = self._folding.append(record)
        timing.end("decide")
        stream = self._stream_for(heard, operation, answered, platform, blow)
        try:
            await self.sandbox.durable(entry)
        except BaseException:
            if stream is not None:
                stream.end()
            raise
        timing.end("commit")
        self._witness(Measured(record.operation, record.status, record.refusal or "", timing))
        for decided in happened:
            self.courier.carry(decided.events)
        self.courier.carry(answered.events)
        response = answered.response(timing, trace_of(entry))
        if stream is not None:
            response = stream.beginning_as(response)
        if blow is None:
            return response
        if isinstance(blow.act, Respell):
            response = unusual.respelled_response(response, answered, record.operation, blow.act)
        return Struck(blow, response)

    def _stream_for(
        self,
        heard: Heard,
        operation: Operation | None,
        answered: Answered,
        platform: str | None,
        blow: Blow | None,
    ) -> Stream | None:
        """The stream that was asked for; a fault that strikes the body leaves nothing to tell."""
        if operation is None or not operation.is_stream or not answered.taken or platform is None:
            return None
        if blow is not None and not isinstance(blow.act, Delay | Relabel | Skew):
            return None
        page = page_asked_for(heard.query, operation)
        assert isinstance(page, Page), "the query was read before"
        return self.streams.open(platform, page.cursor)

    async def _turn_away(
        self, heard: Heard, answered: Answered, blow: Blow | None, timing: Timing
    ) -> Response:
        """Answers a request of a flood; the journal tells of many at once."""
        assert answered.refusal is not None
        await self._count(answered.refusal, heard)
        response = answered.response(timing)
        return response if blow is None else Struck(blow, response)

    async def _count(self, refusal: str, heard: Heard) -> None:
        """Counts a request of a flood, and writes down how many there were, when it is time."""
        self.door.count(refusal, heard)
        many = self.door.to_tell(self.sandbox.clock.wall())
        if many is not None:
            await self.sandbox.write(many)

    def _fold(self, entry: Entry) -> None:
        """Takes in one entry, fresh or recovered."""
        self._ticking.stir()
        if entry.kind not in _KINDS_FOLDED:
            return
        record = entry.record
        assert isinstance(record, Opened | Exchange | Delivery | Decided)
        self._folding.fold(record)
        if isinstance(record, Exchange):
            self._senders.remember(record, entry.wall_at)
            self.door.fold(record)
            self._former.remember(record)
        delivery = record if isinstance(record, Delivery) else None
        self.courier.log.fold(entry.wall_at, record.events, delivery)
        self.courier.traces.fold(entry, record.events)


_KINDS_FOLDED = {record.kind for record in (Opened, Exchange, Delivery, Decided)}


def _key_that_counts(heard: Heard, operation: Operation | None) -> str | None:
    if operation is None or operation.idempotency == "none":
        return None
    return heard.idempotency_key
