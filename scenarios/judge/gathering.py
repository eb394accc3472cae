"""Reads the journal once, and lays what each witness saw on its own pile, in journal order."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, assert_never

from scenarios.judge.dossiers import Moment
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
    Version,
)
from scenarios.judge.forks import in_forks
from scenarios.judge.notes import Notes, notes_of
from simulator.journal import records as rec
from simulator.journal.entry import Entry, JournalUnreadable
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
from simulator.journal.events.notice import NoticeAcknowledged, NoticeIssued
from simulator.journal.events.order import ExportLifted, ExportStopped, ExportSuspended
from simulator.journal.events.registration import PlatformRegistered
from simulator.journal.events.transmission import (
    TransmissionAccepted,
    TransmissionAnnounced,
    TransmissionClosed,
)
from simulator.journal.ndjson import entries_of
from simulator.journal.stretches import Link, Stretch, entries_in, link_before, stretches_of
from simulator.journal.verify import GENESIS, Broken, Chain, Ending, NewerFormat

PIECE_BYTES = 16 * 1024 * 1024
"""About as much of a journal is read in one go, in a process of its own if there are several."""


def read(entries: Iterable[Entry]) -> Evidence:
    """The evidence of a whole journal."""
    reader = _Reader()
    reader.take(notes_of(entries))
    return reader.evidence


def read_journal(path: Path, ending: Ending) -> Evidence:
    """The evidence of a journal file that ends there, proved to be whole; a large one is read on
    all cores. Raises what `entries_of` raises."""
    try:
        return _read_in_stretches(path, ending)
    except (OSError, JournalUnreadable, Broken, NewerFormat):
        # What is wrong first is told by a reading from front to back.
        return read(entries_of(path, ending))


def _read_in_stretches(path: Path, ending: Ending) -> Evidence:
    reader = _Reader()
    link: Link = (0, GENESIS)
    stretches = stretches_of(path, PIECE_BYTES)
    read_one = partial(_read_stretch, path)
    many = len(stretches) > 1
    for notes in in_forks(read_one, stretches, is_large=many, results_are_large=True):
        if notes.before != link:
            raise Broken(link[0] + 1, "the journal was changed while it was read")
        reader.take(notes)
        link = notes.last
    chain = Chain(*link)
    ending.see(chain)
    ending.check(chain)
    return reader.evidence


def _read_stretch(path: Path, stretch: Stretch) -> Notes:
    before = link_before(path, stretch)
    return notes_of(entries_in(path, stretch, before), before)


class _Reader:
    """Lays notes on their piles; knows only which story is being played."""

    def __init__(self) -> None:
        self.evidence = Evidence()
        self.story = "before the stories"

    def take(self, notes: Notes) -> None:
        """The notes of the next stretch."""
        evidence = self.evidence
        evidence.entries, evidence.head = notes.last
        for payment, submitted in notes.asked:
            evidence.payments[payment.id] = payment
            evidence.asked[payment.id] = submitted
        evidence.followed.update(notes.followed)
        evidence.lineage += notes.lineage
        for at, record in notes.told:
            self.take_record(at, record)

    def take_record(self, at: Moment, record: rec.Record) -> None:
        evidence = self.evidence
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
            case rec.Staged():
                self.take_mark(at, record)
            case rec.TurnedAway():
                evidence.unheard.update(record.refusals)
            case rec.ClockMoved() | rec.Copied():
                pass  # Every entry carries both times, and what was copied stands before.
            case rec.Asked() | rec.Followed():
                pass  # Noted apart.
            case _:
                assert_never(record)

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
