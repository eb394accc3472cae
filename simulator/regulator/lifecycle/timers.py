"""What the regulator does when the time has come: decisions put off, expiries, deadlines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from simulator.journal.events import Event
from simulator.regulator.lifecycle import (
    authorization,
    case,
    certification,
    contract,
    declaration,
    key,
    transmission,
)
from simulator.regulator.lifecycle.authorization import Sign
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
    "pass_certification",
    "pass_deadline",
    "retire",
]


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """Something that happens at a time; at one time, in the order of command and subject."""

    at: datetime
    command: Command
    subject: str


def due(state: "RegulatorState", until: datetime) -> list[Due]:
    """Everything whose time comes up to `until`, in order; running one may make others void."""
    return sorted(item for item in _pending(state) if item.at <= until)


def run(state: "RegulatorState", due: Due, now: datetime, sign: Sign) -> tuple[Event, ...]:
    """What one timer decides; nothing where it has become void meanwhile."""
    decided = _run(state, due, now, sign)
    return () if isinstance(decided, Refusal) else decided


def _run(
    state: "RegulatorState", due: Due, now: datetime, sign: Sign
) -> tuple[Event, ...] | Refusal:
    if due.command == "expire":
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
    if due.subject not in state.undecided:
        return ()
    if due.subject in state.declarations:
        return declaration.decide(state, due.subject, True, "", now, sign)
    if due.subject in state.transmissions:
        return transmission.decide(state, due.subject, True, "", now)
    if due.subject in state.certifications:
        return certification.decide(state, due.subject, True, "", now)
    if due.subject in state.contracts:
        return contract.decide(state, due.subject, None, "", now)
    return case.decide(state, due.subject, None, "", now)


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
    for subject, alert in state.outside_scope.items():
        yield Due(alert.at, "leave_scope", subject)
    for signing in state.keys.values():
        if signing.ended is None and signing.valid_until is not None:
            yield Due(signing.valid_until, "retire", signing.id)
    for opened in state.cases.values():
        if opened.deadline is not None and not opened.closed:
            yield Due(opened.deadline, "pass_deadline", opened.id)
            if opened.warned_at is None:
                yield Due(opened.deadline - WARNED_BEFORE, "near_deadline", opened.id)
