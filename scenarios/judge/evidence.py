"""Reads the journal once, in order, and lays what each witness saw on its own pile; judges nothing.

The regulator's decisions are taken from the journal as recorded, never computed anew: a judge that
shares the regulator's arithmetic would repeat its mistakes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, assert_never

from scenarios.judge.dossiers import LineageFacts, Moment
from scenarios.traffic import Merchant, Payment, Person
from simulator.journal import records as rec
from simulator.journal.entry import Entry
from simulator.journal.events import Event
from simulator.journal.events.authorization import (
    AuthorizationExpired,
    AuthorizationGranted,
    AuthorizationRevoked,
)
from simulator.journal.events.case import InspectionOpened, MaterialHandedIn, ReinspectionDecided
from simulator.journal.events.declaration import (
    DeclarationAccepted,
    DeclarationAmended,
    DeclarationReceived,
)
from simulator.journal.events.feed import FeedTaken
from simulator.journal.events.lineage import LineageItem, LineageRecorded
from simulator.journal.events.notice import NoticeAcknowledged, NoticeIssued
from simulator.journal.events.order import ExportLifted, ExportStopped, ExportSuspended
from simulator.journal.events.registration import PlatformRegistered
from simulator.journal.events.transmission import (
    TransmissionAccepted,
    TransmissionAnnounced,
    TransmissionClosed,
)


@dataclass(slots=True)
class Version:
    """One version of an authorization, from its grant to its end."""

    granted: Moment
    grant: AuthorizationGranted
    notice: str | None
    ended: Moment | None = None
    end_kind: str | None = None
    """`superseded`, `revoked` or `expired`."""
    end_notice: str | None = None

    def in_force(self, at: Moment) -> bool:
        """Whether it permits sending at `at`, stops and suspensions aside."""
        not_ended = self.ended is None or at < self.ended
        return self.granted < at and not_ended and at.sandbox_at <= self.grant.valid_until

    @property
    def categories(self) -> frozenset[str]:
        return frozenset(field.category for field in self.grant.fields)


@dataclass(slots=True)
class Halt:
    """A stop or a suspension, from order to lift."""

    kind: str
    given: Moment
    platform: str
    authorization: str | None
    case: str | None
    notice: str | None
    deadline: datetime | None = None
    lifted: Moment | None = None

    def holds(self, at: Moment) -> bool:
        return self.given < at and (self.lifted is None or at < self.lifted)


@dataclass(slots=True)
class Declared:
    """A declaration as received, and when it was accepted."""

    received: Moment
    event: DeclarationReceived
    accepted: Moment | None = None


@dataclass(slots=True)
class Sent:
    """A transmission as announced, decided, fed and closed."""

    announced: Moment
    story: str
    event: TransmissionAnnounced
    accepted: Moment | None = None
    feed: list[tuple[Moment, FeedTaken]] = field(default_factory=list)
    closed: Moment | None = None
    closing: TransmissionClosed | None = None

    def open_at(self, at: Moment) -> bool:
        """Accepted before `at` and not closed before it."""
        return (
            self.accepted is not None
            and self.accepted < at
            and (self.closed is None or at < self.closed)
        )


@dataclass(slots=True)
class Notice:
    """A notice as issued, each attempt to bring it, and its acknowledgement."""

    issued: Moment
    story: str
    event: NoticeIssued
    attempts: list[rec.Delivery] = field(default_factory=list)
    acknowledged: Moment | None = None


@dataclass(slots=True)
class FaultWindow:
    """From arming to reverting: what one fault may have hidden."""

    fault: str
    scope: str
    operations: frozenset[str]
    armed: Moment
    reverted: Moment | None = None

    @property
    def witnesses(self) -> frozenset[str]:
        """Whose sight it may take: whoever cannot connect reaches neither of the first two."""
        both = self.scope == "connection"
        return frozenset(("regulator", "recipient") if both else (self.scope,))

    def overlaps(self, start: Moment, end: Moment | None) -> bool:
        return (end is None or self.armed < end) and (
            self.reverted is None or start < self.reverted
        )


@dataclass(frozen=True, slots=True)
class Starved:
    """A time, by the wall, in which a loop of ours was late: whatever was witnessed in it may have
    happened that much earlier."""

    since: datetime
    until: datetime
    lag_s: float


@dataclass(slots=True)
class CaseTrack:
    """A case as opened, with what was handed in."""

    opened: Moment
    story: str
    platform: str
    materials: dict[int, tuple[Moment, MaterialHandedIn]] = field(default_factory=dict)
    reinspected: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A record with its place and the story in which it stands."""

    at: Moment
    story: str
    record: Any


@dataclass(frozen=True, slots=True)
class Submitted:
    """What is asked of a merchant's account of a payment; the payment itself is kept once."""

    story: str
    sent_at: datetime
    answered_at: datetime
    outcome: str
    platform_payment: str | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What is asked of a request to the regulator."""

    operation: str
    platform: str | None
    status: int
    refusal: str | None
    idempotency_key: str | None
    replayed: bool
    fault: str | None
    taken: bool
    text: str
    """The body of one that was refused; empty for the others, which are many."""


@dataclass(slots=True)
class Evidence:
    """Every pile, in journal order."""

    opened: rec.Opened | None = None
    head: str = "0" * 64
    entries: int = 0
    run: dict[str, Any] = field(default_factory=dict)
    """Facts of the `run_started` mark."""
    ended: bool = False
    """The `run_ended` mark is there: nothing was left to play."""
    platforms: dict[str, PlatformRegistered] = field(default_factory=dict)
    stories: dict[str, tuple[Moment, Moment | None]] = field(default_factory=dict)
    unsound: dict[str, str] = field(default_factory=dict)
    """Stories without a sound baseline, and why."""
    not_offered: dict[str, str] = field(default_factory=dict)
    """Stories that could not be played because the target lacks an action, and which."""
    actions: list[Seen] = field(default_factory=list)
    payments: dict[str, Payment] = field(default_factory=dict)
    asked: dict[str, Seen] = field(default_factory=dict)
    """What each payment was answered, as `Submitted`."""
    followed: dict[str, str] = field(default_factory=dict)
    """What was last heard of each payment: `settled`, `refused` or `pending`."""
    arrivals: list[Seen] = field(default_factory=list)
    exchanges: list[Seen] = field(default_factory=list)
    """Requests to the regulator, as `Heard`."""
    declarations: dict[str, Declared] = field(default_factory=dict)
    versions: dict[str, list[Version]] = field(default_factory=dict)
    transmissions: dict[str, Sent] = field(default_factory=dict)
    lineage: list[tuple[str, LineageFacts]] = field(default_factory=list)
    """By the digest of the payload, in journal order."""
    halts: list[Halt] = field(default_factory=list)
    notices: dict[str, Notice] = field(default_factory=dict)
    faults: dict[str, FaultWindow] = field(default_factory=dict)
    cases: dict[str, CaseTrack] = field(default_factory=dict)
    unheard: Counter[str] = field(default_factory=Counter)
    """Refused requests that the journal counts and does not keep, by problem code."""
    starved: list[Starved] = field(default_factory=list)
    rest: Moment | None = None
    """When the run last came to a rest: the end of a story, or its own end."""

    def story_end(self, story: str) -> Moment | None:
        """When the story ended, or `None` if the run broke off in it."""
        span = self.stories.get(story)
        return span[1] if span else None

    def watched(self, at: Moment, story: str) -> bool:
        """Whether the run came to a rest after `at`, so that what is still missing did not come.
        A story that broke off never did."""
        broke_off = story in self.stories and self.story_end(story) is None
        return not broke_off and self.rest is not None and at < self.rest

    def all_versions(self) -> Iterator[Version]:
        for versions in self.versions.values():
            yield from versions


def read(entries: Iterable[Entry]) -> Evidence:
    """The evidence of a whole journal."""
    reader = _Reader()
    for entry in entries:
        reader.take(entry)
    return reader.evidence


_OF_FEW_VALUES = ("currency", "recipient", "country")


class _Reader:
    """Walks the entries; knows only which story is being played."""

    def __init__(self) -> None:
        self.evidence = Evidence()
        self.story = "before the stories"
        self.people: dict[tuple[str, ...], Person] = {}
        self.merchants: dict[tuple[Any, ...], Merchant] = {}
        self.texts: dict[str, str] = {}
        self.categories: dict[tuple[str, ...], frozenset[str]] = {}

    def take(self, entry: Entry) -> None:
        at = Moment(entry.sequence, entry.wall_at, entry.sandbox_at)
        record = entry.record
        evidence = self.evidence
        evidence.head, evidence.entries = entry.digest, entry.sequence
        match record:
            case rec.Opened():
                evidence.opened = record
                self.take_events(at, record.events)
            case rec.Exchange():
                evidence.exchanges.append(Seen(at, self.story, _heard(record)))
                self.take_events(at, record.events)
            case rec.Arrival():
                evidence.arrivals.append(Seen(at, self.story, record))
            case rec.Delivery():
                if record.notice in evidence.notices:
                    evidence.notices[record.notice].attempts.append(record)
                self.take_events(at, record.events)
            case rec.Decided():
                self.take_events(at, record.events)
            case rec.FaultSet():
                self.take_fault(at, record)
            case rec.Asked():
                self.take_asked(at, record)
            case rec.Followed():
                asked = evidence.payments.get(record.payment)
                id = asked.id if asked else record.payment
                evidence.followed[id] = self.known(record.outcome)
            case rec.Staged():
                self.take_mark(at, record)
            case rec.TurnedAway():
                evidence.unheard.update(record.refusals)
            case rec.ClockMoved() | rec.Copied():
                pass  # Every entry carries both times, and what was copied stands before.
            case _:
                assert_never(record)

    def take_asked(self, at: Moment, record: rec.Asked) -> None:
        payment = self.payment_of(record.payment)
        self.evidence.payments[payment.id] = payment
        submitted = Submitted(
            story=self.known(record.story),
            sent_at=record.sent_at,
            answered_at=record.answered_at,
            outcome=self.known(record.outcome),
            platform_payment=record.platform_payment,
        )
        self.evidence.asked[payment.id] = Seen(at, submitted.story, submitted)

    def payment_of(self, value: dict[str, Any]) -> Payment:
        """The payment; people and merchants, who come again and again, are kept once, and so are
        the few values that some fields take."""
        payer, merchant = value["payer"], value["merchant"]
        person = tuple(payer.values())
        shop = tuple(merchant.values())
        if person not in self.people:
            self.people[person] = Person(**payer)
        if shop not in self.merchants:
            self.merchants[shop] = Merchant(**merchant)
        parties = {"payer": self.people[person], "merchant": self.merchants[shop]}
        once = {name: self.known(value[name]) for name in _OF_FEW_VALUES if value.get(name)}
        return Payment(**(value | parties | once))

    def known(self, text: str) -> str:
        """The same text, kept once."""
        return self.texts.setdefault(text, text)

    def take_lineage(self, at: Moment, items: Iterable[LineageItem]) -> None:
        for item in items:
            facts = LineageFacts(
                at=at,
                source=item.source,
                transmission=self.known(item.transmission),
                recipient=self.known(item.recipient),
                country=self.known(item.country),
                rule_version=self.known(item.rule_version),
                categories=self.categories.setdefault(item.categories, frozenset(item.categories)),
            )
            self.evidence.lineage.append((self.known(item.payload), facts))

    def take_fault(self, at: Moment, record: rec.FaultSet) -> None:
        if record.state == "armed":
            self.evidence.faults[record.fault] = FaultWindow(
                record.fault, record.scope, frozenset(record.operations), at
            )
        elif record.fault in self.evidence.faults:
            self.evidence.faults[record.fault].reverted = at

    def take_mark(self, at: Moment, record: rec.Staged) -> None:
        evidence = self.evidence
        story = record.story or self.story
        match record.mark:
            case "run_started":
                evidence.run, evidence.ended = record.facts, False
            case "run_ended":
                evidence.ended = True
                if evidence.story_end(self.story) is not None:
                    evidence.rest = at
            case "story_started":
                self.story = story
                evidence.stories[story] = (at, None)
            case "story_ended":
                start = evidence.stories.get(story, (at, None))[0]
                evidence.stories[story] = (start, at)
                evidence.rest = at
            case "story_skipped":
                evidence.not_offered[story] = str(record.facts.get("why", ""))
            case "baseline" if not record.facts.get("sound", True):
                evidence.unsound[story] = str(record.facts.get("why", ""))
            case "starved":
                evidence.starved.append(_starved(record.facts))
            case "action":
                evidence.actions.append(Seen(at, story, record))

    def take_events(self, at: Moment, events: Iterable[Event]) -> None:
        """Fold the decisions of one entry; the notices that it issued belong to the orders beside
        them."""
        events = list(events)
        notices = [event for event in events if isinstance(event, NoticeIssued)]
        for event in events:
            self.take_declaration(at, event, notices)
            self.take_transmission(at, event)
            self.take_order(at, event, notices)
            self.take_case(at, event)

    def take_declaration(self, at: Moment, event: Event, notices: list[NoticeIssued]) -> None:
        evidence = self.evidence
        match event:
            case PlatformRegistered():
                evidence.platforms[event.id] = event
            case DeclarationReceived():
                evidence.declarations[event.id] = Declared(at, event)
            case DeclarationAmended():
                evidence.declarations[event.id] = Declared(at, event.content)
            case DeclarationAccepted():
                evidence.declarations[event.id].accepted = at
            case AuthorizationGranted():
                versions = evidence.versions.setdefault(event.id, [])
                if versions and versions[-1].ended is None:
                    versions[-1].ended, versions[-1].end_kind = at, "superseded"
                versions.append(
                    Version(at, event, _beside(notices, "authorization.granted", event.id))
                )
            case AuthorizationRevoked() | AuthorizationExpired():
                version = evidence.versions[event.id][-1]
                revoked = isinstance(event, AuthorizationRevoked)
                version.ended, version.end_kind = at, "revoked" if revoked else "expired"
                version.end_notice = _beside(notices, "authorization.revoked", event.id)

    def take_transmission(self, at: Moment, event: Event) -> None:
        evidence = self.evidence
        match event:
            case TransmissionAnnounced():
                evidence.transmissions[event.id] = Sent(at, self.story, event)
            case TransmissionAccepted():
                evidence.transmissions[event.id].accepted = at
            case FeedTaken():
                evidence.transmissions[event.transmission].feed.append((at, event))
            case TransmissionClosed():
                sent = evidence.transmissions[event.id]
                sent.closed, sent.closing = at, event
            case LineageRecorded():
                self.take_lineage(at, event.items)

    def take_order(self, at: Moment, event: Event, notices: list[NoticeIssued]) -> None:
        evidence = self.evidence
        match event:
            case ExportStopped():
                notice = _beside(notices, "export.stopped", event.authorization)
                evidence.halts.append(
                    Halt("stopped", at, event.platform, event.authorization, None, notice)
                )
            case ExportSuspended():
                notice = _beside(notices, "export.suspended", None)
                evidence.halts.append(
                    Halt("suspended", at, event.platform, None, event.case, notice, event.deadline)
                )
            case ExportLifted():
                for halt in evidence.halts:
                    whole = event.authorization is None or event.authorization == halt.authorization
                    if halt.lifted is None and halt.platform == event.platform and whole:
                        halt.lifted = at
            case NoticeIssued():
                evidence.notices[event.id] = Notice(at, self.story, event)
            case NoticeAcknowledged():
                if event.id in evidence.notices and evidence.notices[event.id].acknowledged is None:
                    evidence.notices[event.id].acknowledged = at

    def take_case(self, at: Moment, event: Event) -> None:
        evidence = self.evidence
        match event:
            case InspectionOpened():
                evidence.cases[event.case] = CaseTrack(at, self.story, event.platform)
            case MaterialHandedIn():
                evidence.cases[event.case].materials[event.number] = (at, event)
            case ReinspectionDecided():
                evidence.cases[event.case].reinspected = True


def _heard(record: rec.Exchange) -> Heard:
    return Heard(
        operation=record.operation,
        platform=record.platform,
        status=record.status,
        refusal=record.refusal,
        idempotency_key=record.idempotency_key,
        replayed=record.replayed,
        fault=record.fault,
        taken=record.taken,
        text=(record.body.text or "") if record.refusal is not None else "",
    )


def _starved(facts: dict[str, Any]) -> Starved:
    return Starved(
        since=datetime.fromisoformat(facts["since"]),
        until=datetime.fromisoformat(facts["until"]),
        lag_s=max(float(facts["run_s"]), float(facts["simulator_s"])),
    )


def _beside(notices: list[NoticeIssued], type: str, authorization: str | None) -> str | None:
    """The notice of `type` that was issued in the same entry, for that authorization where one is
    named."""
    for notice in notices:
        if notice.type == type and notice.data.get("authorization") in (None, authorization):
            return notice.id
    return None
