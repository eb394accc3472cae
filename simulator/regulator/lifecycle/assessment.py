"""The regulator's steps from receipt to result: taken by a tester, or at the end of their periods.

The periods are working days of the rule pack in force (Order 11 art. 7, 11-12). Under the manner
`statutory` each step is taken when the offices close on its last day, so that the longest normal
path has 57 working days.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from simulator.journal.events import Event
from simulator.journal.events.declaration import (
    AssessmentExtended,
    DeclarationAdmitted,
    DeclarationForwarded,
    DeclarationNotAdmitted,
    DeclarationReceived,
    DeclarationRefused,
    DeclarationReturned,
    DeclarationTerminated,
    SupplementAsked,
)
from simulator.law.packs import ReviewPeriods
from simulator.messages.declaration import DeclarationStatus
from simulator.messages.problem import ProblemError
from simulator.regulator.keeping import Keeping
from simulator.regulator.lifecycle import declaration, periods, route, validity
from simulator.regulator.lifecycle.declared import Declaration
from simulator.regulator.lifecycle.moment import Sign
from simulator.regulator.refusal import Refusal, not_found, refuse_all, wrong

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

StepName = Literal[
    "return",
    "forward",
    "admit",
    "not_admit",
    "ask_supplement",
    "extend_assessment",
    "terminate",
    "refuse_false_material",
]
"""What a tester may do besides accepting and refusing."""

POSSIBLE: dict[StepName, tuple[DeclarationStatus, ...]] = {
    "return": ("received",),
    "forward": ("received",),
    "admit": ("forwarded",),
    "not_admit": ("forwarded",),
    "ask_supplement": ("assessing",),
    "extend_assessment": ("assessing",),
    "terminate": ("supplement_required",),
    "refuse_false_material": ("assessing", "supplement_required", "reevaluating"),
}
"""In which states each step can be taken."""


@dataclass(frozen=True, slots=True)
class Taking:
    """One step and what the tester says with it."""

    step: StepName
    reason: str = ""
    items: tuple[str, ...] = ()
    """What is missing, or what must be supplemented."""
    working_days: int | None = None
    """How long the platform is given, or the assessment extended."""


def missing_of(received: DeclarationReceived) -> tuple[str, ...]:
    """Everything that a complete declaration has and this one lacks, in one list."""
    found = []
    if route.is_assessed(received) and received.self_assessed_on is None:
        found.append("self_assessed_on: the day on which the self-assessment was completed")
    return tuple(found)


def take(
    state: "RegulatorState", id: str, taking: Taking, now: datetime
) -> tuple[Event, ...] | Refusal:
    """One step by a tester's hand; a refusal names everything that keeps it from being taken."""
    held = state.declarations.get(id)
    if held is None:
        return not_found("declaration", id)
    errors = _errors(held, taking)
    if errors:
        return refuse_all(errors)
    review = state.law_at(now).review
    match taking.step:
        case "return":
            return (DeclarationReturned(id, taking.items or missing_of(held.received), now),)
        case "forward":
            return _forward(held, review, now)
        case "admit":
            return _admit(held, review, now)
        case "not_admit":
            return (DeclarationNotAdmitted(id, taking.reason, now),)
        case "ask_supplement":
            return _ask_supplement(held, taking, review, now)
        case "extend_assessment":
            return _extend(held, taking, review, now)
        case "terminate":
            return (DeclarationTerminated(id, taking.reason or _NOT_SUPPLEMENTED, now),)
        case "refuse_false_material":
            reason = taking.reason or "material was false on purpose"
            return (DeclarationRefused(id, reason, now, false_material=True),)


def decide(
    state: "RegulatorState", id: str, accept: bool, reason: str, now: datetime, sign: Sign
) -> tuple[Event, ...] | Refusal:
    """Straight to the result of whatever waits for one: the declaration, or its extension."""
    held = state.declarations.get(id)
    if held is not None and held.status == "extending":
        return validity.decide_extension(state, id, accept, reason, now, sign)
    return declaration.decide(state, id, accept, reason, now, sign)


def go_on(
    state: "RegulatorState", id: str, now: datetime, sign: Sign
) -> tuple[Event, ...] | Refusal:
    """The step whose time has come, as the regulator takes it by itself; without an assessment,
    what is complete is decided."""
    held = state.declarations[id]
    review = state.law_at(now).review
    if held.status == "extending":
        return validity.decide_extension(state, id, True, "", now, sign)
    if held.status == "reevaluating":
        return (declaration.confirmed(held, now),)
    if held.status == "supplement_required":
        return (DeclarationTerminated(id, _NOT_SUPPLEMENTED, now),)
    if held.received.manner == "statutory" and held.status == "received":
        missing = missing_of(held.received)
        if missing:
            return (DeclarationReturned(id, missing, now),)
        if route.is_assessed(held.received):
            return _forward(held, review, now)
    if held.received.manner == "statutory" and held.status == "forwarded":
        return _admit(held, review, now)
    return declaration.decide(state, id, True, "", now, sign)


_NOT_SUPPLEMENTED = "nothing was supplemented in time, and no reason was given"


def _forward(
    held: Declaration, review: ReviewPeriods, now: datetime
) -> tuple[Event, ...] | Refusal:
    due = _due(held, now, review.acceptance)
    return due if isinstance(due, Refusal) else (DeclarationForwarded(held.id, now, due),)


def _admit(held: Declaration, review: ReviewPeriods, now: datetime) -> tuple[Event, ...] | Refusal:
    due = _due(held, now, review.assessment)
    return due if isinstance(due, Refusal) else (DeclarationAdmitted(held.id, now, due),)


def _ask_supplement(
    held: Declaration, taking: Taking, review: ReviewPeriods, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The assessment is extended by as long as the platform is given."""
    days = taking.working_days or review.supplement
    until = _due(held, now, days) if held.received.manner == "statutory" else None
    extended = _due(held, held.decide_at or now, days)
    if isinstance(until, Refusal):
        return until
    if isinstance(extended, Refusal):
        return extended
    return (SupplementAsked(held.id, taking.items, now, until, extended),)


def _extend(
    held: Declaration, taking: Taking, review: ReviewPeriods, now: datetime
) -> tuple[Event, ...] | Refusal:
    days = taking.working_days or review.assessment
    due = _due(held, held.decide_at or now, days)
    if isinstance(due, Refusal):
        return due
    return (AssessmentExtended(held.id, days, taking.reason, now, due),)


def _due(held: Declaration, since: datetime, working_days: int) -> datetime | Refusal | None:
    """When the next step is taken; only the statutory manner counts days, the others keep what they
    were given."""
    if held.received.manner == "statutory":
        return periods.end_of(since, working_days)
    return held.decide_at


def _errors(held: Declaration, taking: Taking) -> list[ProblemError]:
    errors = []
    if held.status not in POSSIBLE[taking.step]:
        possible = [step for step, states in POSSIBLE.items() if held.status in states]
        must = f"be one of {', '.join(possible) or 'none'} ({held.id} is {held.status})"
        errors.append(wrong("step_impossible", "/step", taking.step, must))
    needs_items = taking.step == "ask_supplement" or (
        taking.step == "return" and not missing_of(held.received)
    )
    if needs_items and not taking.items:
        errors.append(wrong("body_invalid", "/items", taking.items, "name at least one thing"))
    return errors


KEPT = Keeping(
    kept_in="declarations",
    decide=lambda state, id, at: go_on(state, id, at.now, at.sign),
)
