"""Rectification: an inspection opens a case, 17 materials answer it, a re-inspection ends it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, get_args

from simulator.clock import rfc3339
from simulator.journal.events import Event
from simulator.journal.events.case import (
    CaseEvent,
    DeadlineNeared,
    DeadlinePassed,
    DeadlineReached,
    InspectionOpened,
    MaterialHandedIn,
    ReinspectionDecided,
    ReinspectionRequested,
)
from simulator.journal.events.order import ExportLifted, ExportSuspended
from simulator.law import materials
from simulator.law.calendar_years import months_before
from simulator.law.working_days import CHINA
from simulator.messages.case import CaseStatus, MaterialRequest
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.keeping import Keeping, Tidings, Timer
from simulator.regulator.lifecycle.authorization import revoke_all
from simulator.regulator.lifecycle.holding import Orders
from simulator.regulator.refusal import Refusal, not_found, refuse

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

WARNED_BEFORE = timedelta(days=5)
"""How long before the deadline the platform is warned."""


@dataclass(frozen=True, slots=True)
class Case:
    """An inspection and what followed."""

    opened: InspectionOpened
    status: CaseStatus = "inspected"
    suspended_at: datetime | None = None
    deadline: datetime | None = None
    warned_at: datetime | None = None
    """When the platform was told that the deadline is near."""
    handed_in: tuple[MaterialHandedIn, ...] = ()
    """The newest of each number, in the order of their numbers."""
    findings: tuple[str, ...] = ()
    """What the last re-inspection found missing or wrong."""
    decided_at: datetime | None = None
    reached: DeadlineReached | None = None
    """The deadline has passed, and the case waits for what follows."""

    @property
    def id(self) -> str:
        return self.opened.case

    @property
    def platform(self) -> str:
        return self.opened.platform

    @property
    def closed(self) -> bool:
        """Lifted or failed: nothing more is handed in."""
        return self.status in ("lifted", "failed")


def inspect(
    state: "RegulatorState", platform: str, reason: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Open a case without warning; alone it halts nothing."""
    if platform not in state.registrations:
        return not_found("registration", platform, "/platform")
    return (InspectionOpened(state.next_id("cas"), platform, reason, now),)


def hand_in(
    state: "RegulatorState",
    platform: str,
    id: str,
    number: int,
    request: MaterialRequest,
    now: datetime,
) -> tuple[Event, ...] | Refusal:
    """Take one material as it is; what is wrong with it shows at the re-inspection."""
    case = _open_case(state, platform, id)
    if isinstance(case, Refusal):
        return case
    if number not in materials.BY_NUMBER:
        return refuse("material_unknown", "path:number", number, "be 1 to 17")
    return (
        MaterialHandedIn(
            case=id,
            number=number,
            title=request.title,
            document_date=request.document_date,
            digest=request.digest,
            sealed=request.sealed,
            uscc=request.uscc,
            at=now,
        ),
    )


def reinspect(
    state: "RegulatorState", platform: str, id: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The platform asks for its re-inspection; decided at once where the policy says so."""
    case = _open_case(state, platform, id)
    if isinstance(case, Refusal):
        return case
    if case.status == "reinspecting":
        return refuse("reinspection_pending", "path:id", id, "wait for its re-inspection")
    decide_at = state.policy.decide_at(state.policy.reinspections, now)
    requested = ReinspectionRequested(id, now, decide_at)
    if state.policy.reinspections != "immediate":
        return (requested,)
    return (requested, *_decided(state, case, examine(state, case, now), now))


def decide(
    state: "RegulatorState", id: str, accept: bool | None, reason: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The re-inspection. `None` goes by what was handed in; a tester's word stands above that, and
    after the deadline a refusal fails the case."""
    case = state.cases.get(id)
    if case is None:
        return not_found("case", id)
    if case.closed:
        return refuse("case_closed", "/subject", id, f"be open (it is {case.status})")
    if accept is False and case.reached is not None:
        return fail(state, id, now)
    missing = examine(state, case, now)
    if accept is not None:
        missing = () if accept else (reason, *missing)
    return _decided(state, case, missing, now)


def near_deadline(state: "RegulatorState", id: str, now: datetime) -> tuple[Event, ...] | Refusal:
    """Warn once, while the deadline still runs."""
    case = state.cases.get(id)
    if case is None:
        return not_found("case", id)
    runs = case.deadline is not None and now < case.deadline and not case.closed
    return (DeadlineNeared(id, now),) if runs and case.warned_at is None else ()


def pass_deadline(state: "RegulatorState", id: str, now: datetime) -> tuple[Event, ...] | Refusal:
    """The days ran out before a re-inspection was passed: the case fails, or by the policy waits
    for a time or a hand."""
    case = state.cases.get(id)
    if case is None:
        return not_found("case", id)
    if case.closed or case.deadline is None or now < case.deadline or case.reached is not None:
        return ()
    if state.policy.deadlines != "immediate":
        fail_at = state.policy.decide_at(state.policy.deadlines, now)
        return (DeadlineReached(id, now, fail_at),)
    return fail(state, id, now)


def fail(state: "RegulatorState", id: str, now: datetime) -> tuple[Event, ...]:
    """The case was not rectified in time: everything that the platform holds is revoked."""
    case = state.cases[id]
    if case.closed or case.deadline is None:
        return ()
    reason = f"{id} was not rectified by {rfc3339(case.deadline)}"
    return (DeadlinePassed(id, now), *revoke_all(state, case.platform, reason, now))


def examine(state: "RegulatorState", case: Case, now: datetime) -> tuple[str, ...]:
    """What is missing or wrong today in China, all of it, in the order of the materials."""
    today = now.astimezone(CHINA).date()
    uscc = state.registrations[case.platform].registered.uscc
    held = {material.number: material for material in case.handed_in}
    return tuple(
        finding
        for number, required in sorted(materials.BY_NUMBER.items())
        for finding in _findings(required, held.get(number), uscc, today)
    )


def evolve(case: Case | None, event: CaseEvent | ExportSuspended | ExportLifted) -> Case:
    """The case after `event`; `None` before the first."""
    if isinstance(event, InspectionOpened):
        return Case(event)
    assert case is not None, "a case goes on that was never opened"
    match event:
        case ExportSuspended():
            # A re-inspection that was asked for before goes on.
            waits = case.status == "reinspecting"
            return replace(
                case,
                status=case.status if waits else "suspended",
                suspended_at=event.at,
                deadline=event.deadline,
            )
        case MaterialHandedIn():
            others = [material for material in case.handed_in if material.number != event.number]
            return replace(
                case, handed_in=tuple(sorted([*others, event], key=lambda held: held.number))
            )
        case ReinspectionRequested():
            return replace(case, status="reinspecting")
        case ReinspectionDecided():
            status = _status_after(case, passed=not event.missing)
            return replace(case, status=status, findings=event.missing, decided_at=event.at)
        case DeadlineNeared():
            return replace(case, warned_at=event.at)
        case DeadlineReached():
            return replace(case, reached=event)
        case DeadlinePassed():
            return replace(case, status="failed", decided_at=event.at)
        case ExportLifted():  # A failed case stays failed, whatever is lifted later.
            return case if case.closed else replace(case, status="lifted", decided_at=event.at)


DRAWN = Drawing(
    id="case",
    title="A re-inspection that failed may be asked for again until the deadline.",
    evolve=evolve,
    state_of=lambda case: case.status,
    steps=(
        Step(BEGIN, InspectionOpened, "inspected"),
        Step("inspected", ExportSuspended, "suspended"),
        Step("inspected", MaterialHandedIn, "inspected"),
        Step("inspected", ReinspectionRequested, "reinspecting"),
        Step("inspected", ReinspectionDecided, "lifted"),
        Step("suspended", MaterialHandedIn, "suspended"),
        Step("suspended", ReinspectionRequested, "reinspecting"),
        Step("suspended", ReinspectionDecided, "lifted"),
        Step("suspended", ExportLifted, "lifted"),
        Step("suspended", DeadlinePassed, "failed"),
        Step("reinspecting", ReinspectionDecided, "inspected"),
        Step("reinspecting", ReinspectionDecided, "suspended"),
        Step("reinspecting", ReinspectionDecided, "lifted"),
        Step("reinspecting", ExportSuspended, "reinspecting"),
        Step("reinspecting", ExportLifted, "lifted"),
        Step("reinspecting", DeadlinePassed, "failed"),
    ),
)


def _keep(state: "RegulatorState", event: CaseEvent) -> None:
    state.cases[event.case] = evolve(state.cases.get(event.case), event)
    if isinstance(event, ReinspectionRequested):
        state.undecided[event.case] = event.decide_at
    elif isinstance(event, ReinspectionDecided | DeadlinePassed):
        state.undecided.pop(event.case, None)


def keep_order(state: "RegulatorState", event: ExportSuspended | ExportLifted) -> None:
    """An order within a case is part of the case."""
    if event.case is None:
        return
    state.cases[event.case] = evolve(state.cases[event.case], event)
    if isinstance(event, ExportLifted):
        state.undecided.pop(event.case, None)


def _running(state: "RegulatorState") -> Iterator[tuple[Case, datetime]]:
    """Open cases with their deadlines."""
    for case in state.cases.values():
        if case.deadline is not None and not case.closed:
            yield case, case.deadline


def _reached(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    return ((deadline, case.id) for case, deadline in _running(state) if case.reached is None)


def _failing(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    for case, _ in _running(state):
        if case.reached is not None and case.reached.fail_at is not None:
            yield case.reached.fail_at, case.id


def _near(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    for case, deadline in _running(state):
        if case.warned_at is None:
            yield deadline - WARNED_BEFORE, case.id


def _tell_opened(_: "RegulatorState", event: InspectionOpened) -> Iterator[Tidings]:
    data = {"case": event.case, "reason": event.reason}
    yield Tidings(event.platform, "inspection.opened", event.case, data)


def _tell_near(state: "RegulatorState", event: DeadlineNeared) -> Iterator[Tidings]:
    case = state.cases[event.case]
    assert case.deadline is not None, "a deadline neared that was never set"
    data = {"case": case.id, "deadline": rfc3339(case.deadline)}
    yield Tidings(case.platform, "deadline.near", case.id, data)


def _tell_reached(state: "RegulatorState", event: DeadlineReached) -> Iterator[Tidings]:
    case = state.cases[event.case]
    yield Tidings(case.platform, "deadline.passed", case.id, {"case": case.id})


def _tell_decided(
    state: "RegulatorState", event: ReinspectionDecided | DeadlinePassed
) -> Iterator[Tidings]:
    case = state.cases[event.case]
    if isinstance(event, DeadlinePassed):
        status, missing = "failed", examine(state, case, event.at)
    else:
        held = "inspected" if case.suspended_at is None else "suspended"
        status, missing = held if event.missing else "lifted", event.missing
    data = {"status": status, "missing": list(missing)}
    yield Tidings(case.platform, "case.decided", case.id, data)


KEPT = Keeping(
    kept_in="cases",
    prefix="cas",
    folds=dict.fromkeys(get_args(CaseEvent), _keep),
    decide=lambda state, id, at: decide(state, id, None, "", at.now),
    timers=(
        Timer("near_deadline", _near, lambda state, id, at: near_deadline(state, id, at.now)),
        Timer("pass_deadline", _reached, lambda state, id, at: pass_deadline(state, id, at.now)),
        Timer("fail", _failing, lambda state, id, at: fail(state, id, at.now)),
    ),
    tells={
        InspectionOpened: _tell_opened,
        DeadlineNeared: _tell_near,
        DeadlineReached: _tell_reached,
        ReinspectionDecided: _tell_decided,
        DeadlinePassed: _tell_decided,
    },
)


def _status_after(case: Case, *, passed: bool) -> CaseStatus:
    """A re-inspection that failed may be asked for again until the deadline."""
    if passed:
        return "lifted"
    return "inspected" if case.suspended_at is None else "suspended"


def _decided(
    state: "RegulatorState", case: Case, missing: tuple[str, ...], now: datetime
) -> tuple[Event, ...]:
    """Passing lifts the suspension that the case holds."""
    decided = ReinspectionDecided(case.id, missing, now)
    suspends = state.stops.get(case.platform, Orders()).suspended_in == case.id
    if missing or not suspends:
        return (decided,)
    return (decided, ExportLifted(case.platform, None, case.id, now))


def _open_case(state: "RegulatorState", platform: str, id: str) -> Case | Refusal:
    case = state.cases.get(id)
    if case is None or case.platform != platform:
        return not_found("case", id)
    if case.closed:
        return refuse("case_closed", "path:id", id, f"be open (it is {case.status})")
    return case


def _findings(
    required: materials.RequiredMaterial, held: MaterialHandedIn | None, uscc: str, today: date
) -> Iterator[str]:
    name = f"material {required.number} ({required.title})"
    if held is None:
        yield f"{name} is missing"
        return
    if held.document_date > today:
        yield f"{name} is dated {held.document_date}, after today, {today}"
    months = required.max_age_months
    if months is not None and held.document_date < months_before(today, months):
        yield f"{name} is dated {held.document_date}, more than {months} months before {today}"
    if held.uscc != uscc:
        yield f"{name} names {held.uscc!r}, and the registration {uscc!r}"
