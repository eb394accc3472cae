"""What the regulator does when the time has come: decisions put off, expiries, deadlines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from simulator.journal.events import Event
from simulator.regulator.lifecycle import (
    alert,
    assessment,
    authorization,
    case,
    certification,
    contract,
    inspection,
    key,
    planned_order,
    script,
    transmission,
    validity,
)
from simulator.regulator.lifecycle.authorization import Sign
from simulator.regulator.lifecycle.planned_order import Moment
from simulator.regulator.refusal import Refusal

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

WARNED_BEFORE = timedelta(days=5)
"""How long before a case's deadline the platform is warned."""

Command = Literal[
    "decide",
    "end_contract",
    "expire",
    "lapse_contract",
    "leave_scope",
    "near_deadline",
    "near_expiry",
    "pass_certification",
    "pass_deadline",
    "retire",
    "fail",
    "escalate",
    "order",
    "consequence",
    "script",
    "sample_overdue",
]
OF_POLICY = ("consequence", "script")
"""What the regulator does by its own will; the rest only falls due."""


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """Something that happens at a time; at one time, in the order of command and subject."""

    at: datetime
    command: Command
    subject: str


def due(state: "RegulatorState", until: datetime) -> list[Due]:
    """Everything whose time comes up to `until`, in order; running one may make others void."""
    return sorted(item for item in _pending(state) if item.at <= until)


def overdue(state: "RegulatorState", now: datetime, wall: datetime) -> list[Due]:
    """Every reaction that wall time limits, and that did not come; it is told `now`, in order."""
    return [
        Due(now, "sample_overdue", id)
        for id, answer_by in state.unanswered.items()
        if answer_by <= wall
    ]


def overdue_in_s(state: "RegulatorState", wall: datetime) -> float | None:
    """Wall time until the next reaction is overdue; `None` where none is awaited."""
    soonest = min(state.unanswered.values(), default=None)
    return None if soonest is None else max(0.0, (soonest - wall).total_seconds())


def run(
    state: "RegulatorState", due: Due, now: datetime, sign: Sign, wall: datetime | None = None
) -> tuple[Event, ...]:
    """What one timer decides; nothing where it has become void meanwhile.

    `wall` is needed where an order may ask for a sample, whose limit is of wall time.
    """
    decided = _run(state, due, Moment(now, wall or now, sign))
    return () if isinstance(decided, Refusal) else decided


def _run(state: "RegulatorState", due: Due, at: Moment) -> tuple[Event, ...] | Refusal:
    now, sign = at.now, at.sign
    if due.command in ("order", "consequence", "script", "sample_overdue"):
        return _act(state, due, at)
    if due.command == "near_expiry":
        return validity.near_expiry(state, due.subject, now)
    if due.command == "expire":
        if due.subject in state.declarations:
            return validity.expire(state, due.subject, now)
        return authorization.expire(state, due.subject, now)
    if due.command == "retire":
        return key.expire(state, due.subject, now)
    if due.command == "near_deadline":
        return case.near_deadline(state, due.subject, now)
    if due.command == "pass_deadline":
        return case.pass_deadline(state, due.subject, now)
    if due.command == "lapse_contract":
        return contract.lapse(state, due.subject, now)
    if due.command == "end_contract":
        return contract.run_out(state, due.subject, now)
    if due.command == "leave_scope":
        return certification.leave_scope(state, due.subject, now)
    if due.command == "pass_certification":
        return certification.pass_limit(state, due.subject, now)
    if due.command == "fail":
        return case.fail(state, due.subject, now)
    if due.command == "escalate":
        return alert.escalate(state, due.subject, "nobody explained it in time", now)
    if due.subject not in state.undecided:
        return ()
    if due.subject in state.alerts:
        return alert.close(state, due.subject, "explained", now)
    if due.subject in state.declarations:
        return assessment.go_on(state, due.subject, now, sign)
    if due.subject in state.transmissions:
        return transmission.decide(state, due.subject, True, "", now)
    if due.subject in state.certifications:
        return certification.decide(state, due.subject, True, "", now)
    if due.subject in state.contracts:
        return contract.decide(state, due.subject, None, "", now)
    return case.decide(state, due.subject, None, "", now)


def _act(state: "RegulatorState", due: Due, at: Moment) -> tuple[Event, ...] | Refusal:
    """What the regulator does by its own will, or as it said before that it would."""
    if due.command == "order":
        return planned_order.run(state, due.subject, at)
    if due.command == "script":
        id, kind = due.subject.split()
        return script.step(state, id, kind, at)
    if due.command == "sample_overdue":
        return inspection.pass_time(state, due.subject, at.now)
    led_to = state.consequences.get(due.subject)
    if led_to is None:
        return ()
    return planned_order.plan(state, led_to.terms, because=due.subject, at=at)


def _pending(state: "RegulatorState") -> Iterator[Due]:
    for subject, decide_at in state.undecided.items():
        if decide_at is not None:
            yield Due(decide_at, "decide", subject)
    for held in state.authorizations.values():
        if held.revoked_at is None and held.expired_at is None:
            yield Due(held.granted.valid_until, "expire", held.id)
    for filing in state.contracts.values():
        if filing.status == "returned" and filing.supplement_by is not None:
            yield Due(filing.supplement_by, "lapse_contract", filing.id)
        elif filing.status == "filed" and filing.ends_at is not None:
            yield Due(filing.ends_at, "end_contract", filing.id)
    for certified in state.certifications.values():
        if certified.limit is not None:
            yield Due(certified.limit, "pass_certification", certified.id)
    for subject, noticed in state.outside_scope.items():
        yield Due(noticed.at, "leave_scope", subject)
    for declared in state.declarations.values():
        if declared.in_force and declared.valid_until is not None:
            yield Due(declared.valid_until, "expire", declared.id)
            if declared.expiring_at is not None and declared.status in ("accepted", "extended"):
                yield Due(declared.expiring_at, "near_expiry", declared.id)
    for signing in state.keys.values():
        if signing.ended is None and signing.valid_until is not None:
            yield Due(signing.valid_until, "retire", signing.id)
    for opened in state.cases.values():
        if opened.deadline is None or opened.closed:
            continue
        if opened.reached is None:
            yield Due(opened.deadline, "pass_deadline", opened.id)
        elif opened.reached.fail_at is not None:
            yield Due(opened.reached.fail_at, "fail", opened.id)
        if opened.warned_at is None:
            yield Due(opened.deadline - WARNED_BEFORE, "near_deadline", opened.id)
    for id, due_at in state.pending_orders.items():
        if due_at is not None:
            yield Due(due_at, "order", id)
    for id, led_to in state.consequences.items():
        yield Due(led_to.at, "consequence", id)
    for id, escalate_at in state.unexplained.items():
        if escalate_at is not None:
            yield Due(escalate_at, "escalate", id)
    for running in state.scripts.values():
        if running.status == "running":
            for kind, arrival in running.arrivals.items():
                if arrival.at is not None:
                    yield Due(arrival.at, "script", f"{running.id} {kind}")
