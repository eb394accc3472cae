"""What the platform is told: which decisions make a notice, what it says, and that it was heard."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from simulator.journal.events import Event
from simulator.journal.events.alert import AlertAcknowledged, AlertClosed, AlertEscalated
from simulator.journal.events.authorization import AuthorizationGranted, AuthorizationRevoked
from simulator.journal.events.case import (
    DeadlineNeared,
    DeadlinePassed,
    DeadlineReached,
    InspectionOpened,
    ReinspectionDecided,
)
from simulator.journal.events.certification import (
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
)
from simulator.journal.events.contract import (
    ContractEnded,
    ContractFiled,
    ContractLapsed,
    ContractReceived,
    ContractReturned,
    ContractSupplemented,
)
from simulator.journal.events.declaration import (
    DeclarationAccepted,
    DeclarationAmended,
    DeclarationReceived,
    ExtensionRequested,
    ReevaluationRequested,
)
from simulator.journal.events.inspection import SampleOverdue, SampleRequested
from simulator.journal.events.key import KeyAdded, KeyRetired, KeyRevoked
from simulator.journal.events.notice import (
    NoticeAcknowledged,
    NoticeEvent,
    NoticeGivenUp,
    NoticeIssued,
    NoticeOverdue,
    NoticeRedelivered,
)
from simulator.journal.events.order import ExportLifted, ExportStopped, ExportSuspended
from simulator.journal.events.regulator_key import RegulatorKeyAnnounced
from simulator.journal.events.transmission import (
    TransmissionAccepted,
    TransmissionAnnounced,
    TransmissionRefused,
)
from simulator.messages.tidings import TIDINGS
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.keeping import Keeping
from simulator.regulator.lifecycle.case import examine
from simulator.regulator.lifecycle.declaration_tidings import Ended, ToldEvent, tell
from simulator.regulator.refusal import Refusal, not_found, refuse_plainly

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

Status = Literal["pending", "overdue", "dead", "redelivering", "acknowledged"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice, and what has become of it."""

    issued: NoticeIssued
    acknowledged_at: datetime | None = None
    via: str | None = None
    """`callback` or `interface`."""
    overdue_at: datetime | None = None
    """When the limit of its acknowledgement had passed; it stays, whatever comes after."""
    given_up: NoticeGivenUp | None = None
    """While it is a dead letter."""
    round: int = 1
    """Counts the rounds of attempts: a redelivery begins a new one."""
    attempts_before: int = 0
    """Attempts of the rounds before this one."""

    @property
    def id(self) -> str:
        return self.issued.id

    @property
    def platform(self) -> str:
        return self.issued.platform

    @property
    def is_pending(self) -> bool:
        """Whether it is still to be brought."""
        return self.acknowledged_at is None and self.given_up is None

    @property
    def status(self) -> Status:
        """Where it stands; `redelivering` outranks `overdue`, which `overdue_at` still tells."""
        if self.acknowledged_at is not None:
            return "acknowledged"
        if self.given_up is not None:
            return "dead"
        if self.round > 1:
            return "redelivering"
        return "pending" if self.overdue_at is None else "overdue"


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


def pass_limit(
    state: "RegulatorState", id: str, limit_s: float, now: datetime
) -> tuple[Event, ...]:
    """The limit of its acknowledgement has passed; it passes once, and not for what was heard."""
    notice = state.notices[id]
    if notice.acknowledged_at is not None or notice.overdue_at is not None:
        return ()
    return (NoticeOverdue(id, limit_s, now),)


def give_up(
    state: "RegulatorState", id: str, attempts: int, reason: str, now: datetime
) -> tuple[Event, ...]:
    """The last attempt of a round failed; what was heard meanwhile is no dead letter."""
    return (NoticeGivenUp(id, attempts, reason, now),) if state.notices[id].is_pending else ()


def redeliver(
    state: "RegulatorState", platform: str | None, id: str, by: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """A dead letter comes back to life; `platform` is who asks, `None` for a tester."""
    notice = state.notices.get(id)
    if notice is None or platform not in (None, notice.platform):
        return not_found("notice", id)
    if state.registrations[notice.platform].callback_url is None:
        return refuse_plainly("callback_missing", f"read {id} with GET /notices")
    if notice.acknowledged_at is not None:
        heard_at = notice.acknowledged_at.isoformat()
        return refuse_plainly("notice_acknowledged", f"{id} was acknowledged at {heard_at}")
    if notice.given_up is None:
        return refuse_plainly("delivery_under_way", f"{id} is not given up yet; wait for it")
    return (NoticeRedelivered(id, by, now),)


def evolve(notice: Notice | None, event: NoticeEvent) -> Notice:
    """The notice after `event`; `None` before the first."""
    if isinstance(event, NoticeIssued):
        return Notice(event)
    assert notice is not None, "something happened to a notice before it was issued"
    match event:
        case NoticeAcknowledged():
            return replace(notice, acknowledged_at=event.at, via=event.via)
        case NoticeOverdue():
            return replace(notice, overdue_at=event.at)
        case NoticeGivenUp():
            return replace(notice, given_up=event)
        case NoticeRedelivered():
            assert notice.given_up is not None, "only a dead letter is redelivered"
            attempts = notice.given_up.attempts
            return replace(notice, given_up=None, round=notice.round + 1, attempts_before=attempts)


DRAWN = Drawing(
    id="notice",
    title=(
        "A notice is brought until the platform has heard it or the attempts are used up. For a"
        " platform that polls nothing is given up."
    ),
    evolve=evolve,
    state_of=lambda notice: notice.status,
    steps=(
        Step(BEGIN, NoticeIssued, "pending"),
        Step("pending", NoticeAcknowledged, "acknowledged"),
        Step("pending", NoticeOverdue, "overdue"),
        Step("pending", NoticeGivenUp, "dead"),
        Step("overdue", NoticeAcknowledged, "acknowledged"),
        Step("overdue", NoticeGivenUp, "dead"),
        Step("dead", NoticeRedelivered, "redelivering"),
        Step("dead", NoticeAcknowledged, "acknowledged"),
        Step("redelivering", NoticeAcknowledged, "acknowledged"),
        Step("redelivering", NoticeGivenUp, "dead"),
    ),
)


def _keep(state: "RegulatorState", event: NoticeEvent) -> None:
    state.notices[event.id] = evolve(state.notices.get(event.id), event)
    if isinstance(event, NoticeIssued):
        state.unacknowledged[event.id] = None
        state.notices_by_platform.setdefault(event.platform, []).append(event.id)
    elif isinstance(event, NoticeAcknowledged):
        state.unacknowledged.pop(event.id, None)


KEPT = Keeping(kept_in="notices", prefix="ntc", folds=dict.fromkeys(get_args(NoticeEvent), _keep))


Asked = (
    DeclarationReceived
    | TransmissionAnnounced
    | ContractReceived
    | ContractSupplemented
    | CertificationRequested
    | CertificationRectified
    | DeclarationAmended
    | ReevaluationRequested
    | ExtensionRequested
)
"""What a platform asks for; an answer beside it tells what it came to."""


def _tidings(state: "RegulatorState", events: tuple[Event, ...]) -> Iterator[Tidings]:
    asked_now = {event.id for event in events if isinstance(event, Asked)}
    granted_by_acceptance = {
        event.authorization for event in events if isinstance(event, DeclarationAccepted)
    }
    explained_now = {event.id for event in events if isinstance(event, AlertAcknowledged)}
    for event in events:
        if isinstance(event, ToldEvent):
            yield from _about_declaration(state, event, answered=event.id in asked_now)
        match event:
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
            case SampleRequested():
                payloads = [item.payload for item in event.items]
                answer_by = event.answer_by.isoformat()
                data = {"inspection": event.id, "payloads": payloads, "answer_by": answer_by}
                yield Tidings(event.platform, "sample.requested", event.id, data)
            case SampleOverdue():
                platform = state.inspections[event.id].platform
                yield Tidings(platform, "sample.overdue", event.id, {"inspection": event.id})
            case AlertClosed() | AlertEscalated() if event.id not in explained_now:
                yield _alert_ended(state, event)
            case DeadlineReached():
                case = state.cases[event.case]
                yield Tidings(case.platform, "deadline.passed", case.id, {"case": case.id})
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


def _about_declaration(
    state: "RegulatorState", event: ToldEvent, *, answered: bool
) -> Iterator[Tidings]:
    if answered and not isinstance(event, Ended):  # An end is of another than was asked for.
        return
    type, data = tell(event)
    yield Tidings(state.declarations[event.id].platform, type, event.id, data)


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


def _alert_ended(state: "RegulatorState", event: AlertClosed | AlertEscalated) -> Tidings:
    status = "closed" if isinstance(event, AlertClosed) else "escalated"
    data = {"alert": event.id, "status": status, "reason": event.reason}
    return Tidings(state.alerts[event.id].platform, "alert.decided", event.id, data)


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
