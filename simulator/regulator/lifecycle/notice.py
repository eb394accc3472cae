"""What the platform is told: which decisions make a notice, what it says, and that it was heard."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulator.journal.events import (
    AuthorizationGranted,
    AuthorizationRevoked,
    CertificationExpired,
    CertificationFaulted,
    CertificationGranted,
    CertificationRectified,
    CertificationRequested,
    CertificationRestored,
    CertificationRevoked,
    CertificationSuspended,
    CertificationTerminated,
    CertificationVerified,
    ContractEnded,
    ContractFiled,
    ContractLapsed,
    ContractReceived,
    ContractReturned,
    ContractSupplemented,
    DeadlineNeared,
    DeadlinePassed,
    DeclarationAccepted,
    DeclarationReceived,
    DeclarationRefused,
    Event,
    ExportLifted,
    ExportStopped,
    ExportSuspended,
    InspectionOpened,
    KeyAdded,
    KeyRetired,
    KeyRevoked,
    NoticeAcknowledged,
    NoticeIssued,
    RegulatorKeyAnnounced,
    ReinspectionDecided,
    TransmissionAccepted,
    TransmissionAnnounced,
    TransmissionRefused,
)
from simulator.messages.tidings import TIDINGS
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.lifecycle.case import examine
from simulator.regulator.refusal import Refusal, not_found

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice, and whether the platform has acknowledged it."""

    issued: NoticeIssued
    acknowledged_at: datetime | None = None
    via: str | None = None
    """`callback` or `interface`."""

    @property
    def id(self) -> str:
        return self.issued.id

    @property
    def platform(self) -> str:
        return self.issued.platform


@dataclass(frozen=True, slots=True)
class Tidings:
    """What one event has to tell to one platform."""

    platform: str
    type: str
    subject: str
    data: dict[str, Any]


def issue_for(
    state: "RegulatorState", events: Iterable[Event], now: datetime
) -> tuple[NoticeIssued, ...]:
    """The notices of `events`, whether these are folded into `state` already or not.

    What the platform reads in the answer to its own request is not told again: a declaration or
    transmission that is decided at once makes no notice.
    """
    ids = state.new_ids("ntc")
    told: dict[str, int] = {}
    notices = []
    for tidings in _tidings(state, tuple(events)):
        platform = tidings.platform
        TIDINGS[tidings.type].data.model_validate(tidings.data)
        told[platform] = told.get(platform, len(state.notices_of(platform))) + 1
        notices.append(
            NoticeIssued(
                id=next(ids),
                platform=platform,
                sequence=told[platform],
                type=tidings.type,
                subject=tidings.subject,
                at=now,
                data=tidings.data,
            )
        )
    return tuple(notices)


def acknowledge(
    state: "RegulatorState", platform: str, id: str, via: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The platform has heard it; hearing twice changes nothing."""
    notice = state.notices.get(id)
    if notice is None or notice.platform != platform:
        return not_found("notice", id)
    return () if notice.acknowledged_at is not None else (NoticeAcknowledged(id, via, now),)


def evolve(notice: Notice | None, event: NoticeIssued | NoticeAcknowledged) -> Notice:
    """The notice after `event`; `None` before the first."""
    if isinstance(event, NoticeIssued):
        return Notice(event)
    assert notice is not None, "acknowledged before it was issued"
    return replace(notice, acknowledged_at=event.at, via=event.via)


DRAWN = Drawing(
    id="notice",
    title="A notice is brought until the platform has heard it.",
    kept_in="notices",
    evolve=evolve,
    state_of=lambda notice: "issued" if notice.acknowledged_at is None else "acknowledged",
    steps=(
        Step(BEGIN, NoticeIssued, "issued"),
        Step("issued", NoticeAcknowledged, "acknowledged"),
    ),
)


def _tidings(state: "RegulatorState", events: tuple[Event, ...]) -> Iterator[Tidings]:
    asked_now = {
        event.id
        for event in events
        if isinstance(
            event,
            DeclarationReceived
            | TransmissionAnnounced
            | ContractReceived
            | ContractSupplemented
            | CertificationRequested
            | CertificationRectified,
        )
    }
    granted_by_acceptance = {
        event.authorization for event in events if isinstance(event, DeclarationAccepted)
    }
    for event in events:
        match event:
            case DeclarationAccepted() | DeclarationRefused() if event.id not in asked_now:
                yield _declaration_decided(state, event)
            case TransmissionAccepted() | TransmissionRefused() if event.id not in asked_now:
                yield _transmission_decided(state, event)
            case ContractFiled() | ContractReturned() if event.id not in asked_now:
                yield _contract_decided(state, event)
            case ContractLapsed() | ContractEnded():
                yield _contract_decided(state, event)
            case (
                CertificationVerified()
                | CertificationGranted()
                | CertificationFaulted()
                | CertificationTerminated()
                | CertificationSuspended()
                | CertificationRestored()
                | CertificationRevoked()
                | CertificationExpired()
            ) if event.id not in asked_now:
                yield _certification_decided(state, event)
            case AuthorizationGranted() if event.id not in granted_by_acceptance:
                data = {"authorization": event.id, "version": event.version}
                yield Tidings(event.platform, "authorization.granted", event.id, data)
            case AuthorizationRevoked():
                revoked = state.authorizations[event.id].granted
                data = {"authorization": event.id, "version": revoked.version}
                yield Tidings(revoked.platform, "authorization.revoked", event.id, data)
            case ExportStopped() | ExportSuspended() | ExportLifted():
                yield _halted_or_lifted(event)
            case InspectionOpened():
                data = {"case": event.case, "reason": event.reason}
                yield Tidings(event.platform, "inspection.opened", event.case, data)
            case KeyAdded() | KeyRetired() | KeyRevoked():
                yield from _about_key(event)
            case RegulatorKeyAnnounced():
                yield from _rekeyed(state, event)
            case ReinspectionDecided() | DeadlineNeared() | DeadlinePassed():
                yield _about_case(state, event)


def _about_key(event: KeyAdded | KeyRetired | KeyRevoked) -> Iterator[Tidings]:
    """Told even to who asked for it: a thief of a key would not tell its owner."""
    if isinstance(event, KeyAdded):
        if event.via != "reset":
            added = {"key": event.key_id, "via": event.via}
            yield Tidings(event.platform, "key.added", event.key_id, added)
    elif isinstance(event, KeyRetired):
        yield Tidings(event.platform, "key.retired", event.key_id, {"key": event.key_id})
    else:
        revoked = {"key": event.key_id, "reason": event.reason}
        yield Tidings(event.platform, "key.revoked", event.key_id, revoked)


def _rekeyed(state: "RegulatorState", event: RegulatorKeyAnnounced) -> Iterator[Tidings]:
    told = {
        "key": event.key_id,
        "public_key": event.public_key,
        "valid_from": event.valid_from.isoformat(),
        "vouched": event.vouched,
    }
    for platform in state.registrations:
        yield Tidings(platform, "regulator.rekeyed", event.key_id, told)


def _declaration_decided(
    state: "RegulatorState", event: DeclarationAccepted | DeclarationRefused
) -> Tidings:
    accepted = isinstance(event, DeclarationAccepted)
    data = {
        "status": "accepted" if accepted else "refused",
        "authorization": event.authorization if isinstance(event, DeclarationAccepted) else None,
    }
    platform = state.declarations[event.id].platform
    return Tidings(platform, "declaration.decided", event.id, data)


def _contract_decided(
    state: "RegulatorState",
    event: ContractFiled | ContractReturned | ContractLapsed | ContractEnded,
) -> Tidings:
    data: dict[str, Any]
    match event:
        case ContractFiled():
            data = {"status": "filed", "number": event.number}
        case ContractReturned():
            by = event.supplement_by.isoformat()
            data = {"status": "returned", "reasons": list(event.reasons), "supplement_by": by}
        case ContractLapsed():
            data = {"status": "lapsed"}
        case ContractEnded():
            data = {"status": "ended", "reason": event.reason}
    return Tidings(state.contracts[event.id].platform, "contract.decided", event.id, data)


def _certification_decided(
    state: "RegulatorState",
    event: CertificationVerified
    | CertificationGranted
    | CertificationFaulted
    | CertificationTerminated
    | CertificationSuspended
    | CertificationRestored
    | CertificationRevoked
    | CertificationExpired,
) -> Tidings:
    data: dict[str, Any]
    match event:
        case CertificationVerified():
            data = {"status": "auditing"}
        case CertificationGranted():
            until = event.valid_until.isoformat()
            data = {"status": "certified", "number": event.number, "valid_until": until}
        case CertificationFaulted():
            by, findings = event.rectify_by.isoformat(), list(event.findings)
            data = {"status": "nonconforming", "findings": findings, "rectify_by": by}
        case CertificationSuspended():
            by = event.rectify_by.isoformat()
            data = {"status": "suspended", "reason": event.reason, "rectify_by": by}
        case CertificationTerminated():
            data = {"status": "terminated", "reason": event.reason}
        case CertificationRevoked():
            data = {"status": "revoked", "reason": event.reason}
        case CertificationRestored():
            data = {"status": "certified"}
        case CertificationExpired():
            data = {"status": "expired"}
    platform = state.certifications[event.id].platform
    return Tidings(platform, "certification.decided", event.id, data)


def _transmission_decided(
    state: "RegulatorState", event: TransmissionAccepted | TransmissionRefused
) -> Tidings:
    status = "accepted" if isinstance(event, TransmissionAccepted) else "refused"
    platform = state.transmissions[event.id].platform
    return Tidings(platform, "transmission.decided", event.id, {"status": status})


def _halted_or_lifted(event: ExportStopped | ExportSuspended | ExportLifted) -> Tidings:
    if isinstance(event, ExportSuspended):
        data = {"case": event.case, "deadline": event.deadline.isoformat()}
        return Tidings(event.platform, "export.suspended", event.platform, data)
    subject = event.authorization or event.platform
    if isinstance(event, ExportStopped):
        stopped = {"authorization": event.authorization}
        return Tidings(event.platform, "export.stopped", subject, stopped)
    lifted = {"authorization": event.authorization, "case": event.case}
    return Tidings(event.platform, "export.lifted", subject, lifted)


def _about_case(
    state: "RegulatorState", event: ReinspectionDecided | DeadlineNeared | DeadlinePassed
) -> Tidings:
    case = state.cases[event.case]
    if isinstance(event, DeadlineNeared):
        assert case.deadline is not None, "a deadline neared that was never set"
        near = {"case": case.id, "deadline": case.deadline.isoformat()}
        return Tidings(case.platform, "deadline.near", case.id, near)
    if isinstance(event, DeadlinePassed):
        failed = {"status": "failed", "missing": list(examine(state, case, event.at))}
        return Tidings(case.platform, "case.decided", case.id, failed)
    held = "inspected" if case.suspended_at is None else "suspended"
    decided = {"status": held if event.missing else "lifted", "missing": list(event.missing)}
    return Tidings(case.platform, "case.decided", case.id, decided)
