"""An export is certified for three years: verified, audited on site, and watched afterwards.

Order 20: only for those who run no critical infrastructure, export no important data, and whose
counts lie where a standard contract or certification is demanded. What does not conform is to be
rectified in time, or the procedure ends. If the export does not match the certified scope, the use
of the certificate is suspended, and then revoked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, get_args

from simulator.clock import rfc3339
from simulator.journal.events import Event
from simulator.journal.events.alert import AlertRaised
from simulator.journal.events.certification import (
    CertificationEvent,
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
    CertifiedRecipient,
)
from simulator.law import categories
from simulator.law import certification as law_of_certification
from simulator.law.packs import packs
from simulator.law.working_days import CHINA, china_date
from simulator.messages.certification import (
    CertificationRequest,
    CertificationStatus,
    RectificationRequest,
)
from simulator.messages.problem import ProblemError
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.keeping import Keeping, Tidings, Timer, the_id
from simulator.regulator.lifecycle import mechanism, resting
from simulator.regulator.lifecycle.registration import must_be_active
from simulator.regulator.refusal import Refusal, not_found, refuse, refuse_all, wrong

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

RECTIFIED_WITHIN = timedelta(days=law_of_certification.RECTIFIED_WITHIN_DAYS)
SCOPE_RULES = ("country_outside", "recipient_outside", "undeclared_category")
"""Monitoring rules whose alert says that the export does not match the certified scope."""
ENDED = ("terminated", "revoked", "expired")


@dataclass(frozen=True, slots=True)
class Certification:
    """An export that was put before the body, and what became of it."""

    requested: CertificationRequested
    status: CertificationStatus = "verifying"
    faulted_while: CertificationStatus = "verifying"
    """Where a non-conformity was found, to which its rectification leads back."""
    decided_at: datetime | None = None
    number: str | None = None
    valid_until: datetime | None = None
    findings: tuple[str, ...] = ()
    rectify_by: datetime | None = None

    @property
    def id(self) -> str:
        return self.requested.id

    @property
    def platform(self) -> str:
        return self.requested.platform

    @property
    def limit(self) -> datetime | None:
        """When something happens by itself: the time to rectify or the certificate ends."""
        if self.status in ENDED:
            return None
        limits = [limit for limit in (self.rectify_by, self.valid_until) if limit is not None]
        return min(limits, default=None)

    def covers(self, recipient: str, country: str, codes: set[str]) -> bool:
        """Whether a declaration lies within the scope."""
        return CertifiedRecipient(recipient, country) in self.requested.recipients and codes <= set(
            self.requested.categories
        )


def request(
    state: "RegulatorState", platform: str, asked: CertificationRequest, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Taken up for verification; verified, audited and certified at once where the policy says."""
    inactive = must_be_active(state, platform)
    if inactive is not None:
        return inactive
    errors = [*_route_errors(state, now), *_count_errors(state, platform, asked, now)]
    errors += _scope_errors(asked)
    if errors:
        return refuse_all(errors)
    requested = CertificationRequested(
        id=state.next_id("cer"),
        platform=platform,
        recipients=tuple(
            CertifiedRecipient(one.recipient, one.country) for one in asked.recipients
        ),
        purpose=asked.purpose,
        categories=asked.categories,
        persons=asked.persons,
        sensitive_persons=asked.sensitive_persons,
        at=now,
        decide_at=_decide_at(state, now),
    )
    return _go_on(state, requested, evolve(None, requested), now)


def rectify(
    state: "RegulatorState", platform: str, id: str, asked: RectificationRequest, now: datetime
) -> tuple[Event, ...] | Refusal:
    """What did not conform is rectified in time, and looked at again."""
    certification = state.certifications.get(id)
    if certification is None or certification.platform != platform:
        return not_found("certification", id)
    status, by = certification.status, certification.rectify_by
    if status not in ("nonconforming", "suspended") or by is None:
        must = f"be nonconforming or suspended (it is {status})"
        return refuse("certification_closed", "path:id", id, must)
    if now >= by:
        must = f"be rectified before {rfc3339(by)}"
        return refuse("certification_closed", "path:id", id, must)
    rectified = CertificationRectified(id, asked.statement, now, _decide_at(state, now))
    return _go_on(state, rectified, evolve(certification, rectified), now)


def decide(
    state: "RegulatorState", id: str, accept: bool, reason: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The body's next word: on, or back. What is certified it can only suspend, and what is
    suspended restore or revoke."""
    certification = state.certifications.get(id)
    if certification is None:
        return not_found("certification", id)
    match certification.status:
        case "verifying" | "auditing" | "reviewing" if accept:
            return _and_resumed(state, (_passed(state, certification, now),), now)
        case "verifying" | "auditing":
            return (CertificationFaulted(id, (reason,), now + RECTIFIED_WITHIN, now),)
        case "nonconforming" if not accept:
            return (CertificationTerminated(id, reason, now),)
        case "certified" if not accept:
            return suspend(state, id, reason, now)
        case "suspended" if accept:
            return _and_resumed(state, (CertificationRestored(id, now),), now)
        case "suspended" | "reviewing":
            return _lost(state, CertificationRevoked(id, reason, now), now)
    must = f"wait for {'an acceptance' if accept else 'a refusal'} (it is {certification.status})"
    return refuse("already_decided", "/subject", id, must)


def suspend(
    state: "RegulatorState", id: str, reason: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The export does not match the scope; nothing for what is not in use."""
    certification = state.certifications.get(id)
    if certification is None:
        return not_found("certification", id)
    if certification.status != "certified":
        return ()
    suspended = CertificationSuspended(id, reason, now + RECTIFIED_WITHIN, now)
    return (suspended, *resting.halt(state, {id}, f"{id} is suspended: {reason}", now))


def leave_scope(state: "RegulatorState", id: str, now: datetime) -> tuple[Event, ...] | Refusal:
    """The monitoring saw an export that does not match the scope: suspended without being asked."""
    alert = state.outside_scope.get(id)
    if alert is None:
        return ()
    return suspend(state, id, f"{alert.id} ({alert.rule}): {alert.detail}", now)


def watch(state: "RegulatorState", raised: AlertRaised) -> None:
    """Remembers the first alert that the export does not match the scope of one in use."""
    held = state.certifications.get(resting.certification_of(state, raised.authorization) or "")
    if held is not None and held.status == "certified" and raised.rule in SCOPE_RULES:
        state.outside_scope.setdefault(held.id, raised)


def pass_limit(state: "RegulatorState", id: str, now: datetime) -> tuple[Event, ...] | Refusal:
    """A time ran out: three years end the certificate, a missed rectification the procedure."""
    certification = state.certifications.get(id)
    if certification is None:
        return not_found("certification", id)
    if certification.limit is None or now < certification.limit:
        return ()
    if certification.valid_until is not None and now >= certification.valid_until:
        return _lost(state, CertificationExpired(id, now), now)
    reason = f"not rectified by {rfc3339(certification.limit)}"
    if certification.status == "suspended":
        return _lost(state, CertificationRevoked(id, reason, now), now)
    return (CertificationTerminated(id, reason, now),)


def evolve(certification: Certification | None, event: CertificationEvent) -> Certification:
    """The certification after `event`; `None` before the first."""
    if isinstance(event, CertificationRequested):
        return Certification(event)
    assert certification is not None, "a certification goes on that was never requested"
    certification = replace(certification, decided_at=event.at, rectify_by=None)
    match event:
        case CertificationVerified():
            return replace(certification, status="auditing", findings=())
        case CertificationGranted():
            return replace(
                certification,
                status="certified",
                number=event.number,
                valid_until=event.valid_until,
                findings=(),
            )
        case CertificationFaulted():
            return replace(
                certification,
                status="nonconforming",
                faulted_while=certification.status,
                findings=event.findings,
                rectify_by=event.rectify_by,
            )
        case CertificationRectified() if certification.status == "suspended":
            return replace(certification, status="reviewing")
        case CertificationRectified():
            return replace(certification, status=certification.faulted_while)
        case CertificationSuspended():
            return replace(
                certification,
                status="suspended",
                findings=(event.reason,),
                rectify_by=event.rectify_by,
            )
        case CertificationRestored():
            return replace(certification, status="certified", findings=())
        case CertificationTerminated():
            return replace(certification, status="terminated", findings=(event.reason,))
        case CertificationRevoked():
            return replace(certification, status="revoked", findings=(event.reason,))
        case CertificationExpired():
            return replace(certification, status="expired")


DRAWN = Drawing(
    id="certification",
    title="An export is verified, audited on site and certified for three years.",
    evolve=evolve,
    state_of=lambda certification: certification.status,
    steps=(
        Step(BEGIN, CertificationRequested, "verifying"),
        Step("verifying", CertificationVerified, "auditing"),
        Step("verifying", CertificationFaulted, "nonconforming"),
        Step("auditing", CertificationGranted, "certified"),
        Step("auditing", CertificationFaulted, "nonconforming"),
        Step("nonconforming", CertificationRectified, "verifying"),
        Step("nonconforming", CertificationRectified, "auditing"),
        Step("nonconforming", CertificationTerminated, "terminated"),
        Step("certified", CertificationSuspended, "suspended"),
        Step("certified", CertificationExpired, "expired"),
        Step("suspended", CertificationRectified, "reviewing"),
        Step("suspended", CertificationRestored, "certified"),
        Step("suspended", CertificationRevoked, "revoked"),
        Step("suspended", CertificationExpired, "expired"),
        Step("reviewing", CertificationRestored, "certified"),
        Step("reviewing", CertificationRevoked, "revoked"),
        Step("reviewing", CertificationExpired, "expired"),
    ),
)


def _keep(state: "RegulatorState", event: CertificationEvent) -> None:
    held = state.certifications[event.id] = evolve(state.certifications.get(event.id), event)
    if held.status != "certified":
        state.outside_scope.pop(event.id, None)
    if isinstance(event, CertificationRequested | CertificationVerified | CertificationRectified):
        state.undecided[event.id] = event.decide_at
    else:
        state.undecided.pop(event.id, None)


def _limited(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    for held in state.certifications.values():
        if held.limit is not None:
            yield held.limit, held.id


def _outside(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    return ((raised.at, id) for id, raised in state.outside_scope.items())


Told = (
    CertificationVerified
    | CertificationGranted
    | CertificationFaulted
    | CertificationTerminated
    | CertificationSuspended
    | CertificationRestored
    | CertificationRevoked
    | CertificationExpired
)


def _tell(state: "RegulatorState", event: Told) -> Iterator[Tidings]:
    data: dict[str, Any]
    match event:
        case CertificationVerified():
            data = {"status": "auditing"}
        case CertificationGranted():
            until = rfc3339(event.valid_until)
            data = {"status": "certified", "number": event.number, "valid_until": until}
        case CertificationFaulted():
            by, findings = rfc3339(event.rectify_by), list(event.findings)
            data = {"status": "nonconforming", "findings": findings, "rectify_by": by}
        case CertificationSuspended():
            by = rfc3339(event.rectify_by)
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
    yield Tidings(platform, "certification.decided", event.id, data)


KEPT = Keeping(
    kept_in="certifications",
    prefix="cer",
    folds=dict.fromkeys(get_args(CertificationEvent), _keep),
    decide=lambda state, id, at: decide(state, id, True, "", at.now),
    timers=(
        Timer(
            "pass_certification",
            _limited,
            lambda state, id, at: pass_limit(state, id, at.now),
        ),
        Timer("leave_scope", _outside, lambda state, id, at: leave_scope(state, id, at.now)),
    ),
    tells_unless_answered=dict.fromkeys(get_args(Told), _tell),
    answers=dict.fromkeys((CertificationRequested, CertificationRectified), the_id),
)


def _go_on(
    state: "RegulatorState", asked: CertificationEvent, certification: Certification, now: datetime
) -> tuple[Event, ...]:
    """What was asked, and every step after it where the policy decides at once."""
    events: list[CertificationEvent] = [asked]
    while state.policy.certifications == "immediate" and certification.status != "certified":
        events.append(_passed(state, certification, now))
        certification = evolve(certification, events[-1])
    return _and_resumed(state, tuple(events), now)


def _and_resumed(
    state: "RegulatorState", events: tuple[CertificationEvent, ...], now: datetime
) -> tuple[Event, ...]:
    """What was halted with the certificate goes on with it."""
    restored = events[-1]
    if not isinstance(restored, CertificationRestored):
        return events
    return (*events, *resting.resume(state, {restored.id}, now))


def _lost(
    state: "RegulatorState", event: CertificationRevoked | CertificationExpired, now: datetime
) -> tuple[Event, ...]:
    """The certificate, and what rests on it."""
    ended = f"{event.id} is {'revoked' if isinstance(event, CertificationRevoked) else 'expired'}"
    return (event, *resting.close(state, {event.id}, ended, now))


def _passed(
    state: "RegulatorState", certification: Certification, now: datetime
) -> CertificationVerified | CertificationGranted | CertificationRestored:
    """The step after the one that was passed."""
    if certification.status == "verifying":
        return CertificationVerified(certification.id, now, _decide_at(state, now))
    if certification.status == "reviewing":
        return CertificationRestored(certification.id, now)
    today, number = china_date(now), certification.id.rpartition("-")[2]
    last = _years_later(today, law_of_certification.VALID_YEARS)
    until = datetime.combine(last + timedelta(days=1), time(), CHINA).astimezone(UTC)
    return CertificationGranted(certification.id, f"PIC{today.year}{number:0>6}", until, now)


def _route_errors(state: "RegulatorState", now: datetime) -> Iterator[ProblemError]:
    if state.law_at(now).certified_from is None:
        begins = min(law.certified_from for law in packs().values() if law.certified_from)
        must = f"wait until {begins}, from when exports are certified (Order 20)"
        yield wrong("route_not_open", "", china_date(now), must)


def _count_errors(
    state: "RegulatorState", platform: str, asked: CertificationRequest, now: datetime
) -> Iterator[ProblemError]:
    """Reading: critical operators and important data are told by the handler itself; the counts
    are those of the window with the persons that the request states."""
    if asked.sensitive_persons > asked.persons:
        must = f"not be above persons, {asked.persons}"
        yield wrong("persons_inconsistent", "/sensitive_persons", asked.sensitive_persons, must)
        return
    found = mechanism.demanded(
        state,
        platform,
        now,
        stated_persons=asked.persons,
        stated_sensitive_persons=asked.sensitive_persons,
    )
    if found.mechanism != "standard_contract_or_certification":
        must = f"lie where certification is open: {found.mechanism} is demanded ({found.reason})"
        yield wrong("certification_excluded", "/persons", asked.persons, must)


def _scope_errors(asked: CertificationRequest) -> Iterator[ProblemError]:
    for place, code in enumerate(asked.categories):
        category = categories.BY_CODE.get(code)
        if category is None:
            must = "be a code of GET /categories"
            yield wrong("category_unknown", f"/categories/{place}", code, must)
        elif category.duty == "forbidden":
            must = f"not be {code} ({category.title}), which never leaves"
            yield wrong("category_forbidden", f"/categories/{place}", code, must)


def _decide_at(state: "RegulatorState", now: datetime) -> datetime | None:
    return state.policy.decide_at(state.policy.certifications, now)


def _years_later(day: date, years: int) -> date:
    """The same day, or 28 February where it is a leap day that the year does not have."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)
