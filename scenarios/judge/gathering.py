"""Reads the journal once, in order, and lays what each witness saw on its own pile."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, assert_never

from scenarios.judge.dossiers import LineageFacts, Moment
from scenarios.judge.evidence import (
    CaseTrack,
    Declared,
    Evidence,
    FaultWindow,
    Halt,
    Heard,
    Notice,
    Seen,
    Sent,
    Starved,
    Submitted,
    Version,
)
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
        self.evidence.asked[payment.id] = Submitted(
            at=at,
            story=self.known(record.story),
            sent_at=record.sent_at,
            answered_at=record.answered_at,
            outcome=self.known(record.outcome),
            platform_payment=record.platform_payment,
        )

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
