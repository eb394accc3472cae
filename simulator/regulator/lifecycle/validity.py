"""After the acceptance: a result holds, is extended, expires, or ends because something changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.journal.events import Event
from simulator.journal.events.authorization import AuthorizationRevoked
from simulator.journal.events.declaration import (
    ChangeReported,
    DeclarationExpired,
    DeclarationExpiring,
    DeclarationExtended,
    ExportTerminated,
    ExtensionRefused,
    ExtensionRequested,
)
from simulator.law.packs import RulePack
from simulator.law.working_days import china_date
from simulator.messages.declaration import ChangeReport
from simulator.messages.problem import ProblemError
from simulator.regulator.keeping import Keeping, Timer
from simulator.regulator.lifecycle import periods
from simulator.regulator.lifecycle.authorization import signed
from simulator.regulator.lifecycle.declared import Declaration
from simulator.regulator.lifecycle.moment import Sign
from simulator.regulator.refusal import Refusal, not_found, refuse, refuse_all, wrong

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState


def near_expiry(state: "RegulatorState", id: str, now: datetime) -> tuple[Event, ...]:
    """Tell once that the last day to ask for an extension has come."""
    held = state.declarations[id]
    told = held.status not in ("accepted", "extended")
    if told or held.expiring_at is None or now < held.expiring_at:
        return ()
    return (DeclarationExpiring(id, now),)


def expire(state: "RegulatorState", id: str, now: datetime) -> tuple[Event, ...]:
    """The validity has ended; the authorization never outlives it and has its own timer."""
    held = state.declarations[id]
    if not held.in_force or held.valid_until is None or now < held.valid_until:
        return ()
    return (DeclarationExpired(id, now),)


def ask_extension(
    state: "RegulatorState", platform: str, id: str, now: datetime, sign: Sign
) -> tuple[Event, ...] | Refusal:
    """60 working days before expiry at the latest; where the law knows no extension, the remedy is
    to declare again. It is examined in the periods of a declaration."""
    held = _in_force(state, platform, id)
    if isinstance(held, Refusal):
        return held
    law = state.law_at(now)
    errors = _extension_errors(held, law, now)
    if isinstance(errors, Refusal):
        return errors
    if errors:
        return refuse_all(errors)
    review = law.review
    decide_at = periods.answer_at(
        state, now, review.completeness, review.acceptance, review.assessment
    )
    if isinstance(decide_at, Refusal):
        return decide_at
    requested = ExtensionRequested(id, now, decide_at)
    if state.policy.declarations != "immediate":
        return (requested,)
    extended = _extend(state, held, law, now, sign)
    return extended if isinstance(extended, Refusal) else (requested, *extended)


def decide_extension(
    state: "RegulatorState", id: str, accept: bool, reason: str, now: datetime, sign: Sign
) -> tuple[Event, ...] | Refusal:
    """Extend and grant anew until the new end, or refuse: the former end stays."""
    held = state.declarations.get(id)
    if held is None:
        return not_found("declaration", id)
    if held.status != "extending":
        must = f"wait for its extension (it is {held.status})"
        return refuse("already_decided", "/subject", id, must)
    if not accept:
        return (ExtensionRefused(id, reason, now),)
    return _extend(state, held, state.law_at(now), now, sign)


def report_change(
    state: "RegulatorState", platform: str, id: str, report: ChangeReport, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The authorization is closed until a re-declaration is accepted (Order 11 art. 14)."""
    held = _in_force(state, platform, id)
    if isinstance(held, Refusal):
        return held
    changes = tuple(dict.fromkeys(report.changes))
    reason = f"changed: {', '.join(changes)}; declare again with replaces {id}"
    return (
        ChangeReported(id, changes, report.description, now),
        *_closed(state, held, reason, now),
    )


def terminate_export(
    state: "RegulatorState", id: str, reason: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """A written order: the export ends. To continue, rectify and declare again (art. 17)."""
    held = state.declarations.get(id)
    if held is None:
        return not_found("declaration", id)
    if not held.in_force:
        return _not_in_force(held, "/declaration")
    return (ExportTerminated(id, reason, now), *_closed(state, held, reason, now))


def _in_force(state: "RegulatorState", platform: str, id: str) -> Declaration | Refusal:
    held = state.declarations.get(id)
    if held is None or held.platform != platform:
        return not_found("declaration", id)
    return held if held.in_force else _not_in_force(held, "path:id")


def _not_in_force(held: Declaration, pointer: str) -> Refusal:
    must = f"be in force (it is {held.status})"
    return refuse("declaration_not_in_force", pointer, held.id, must)


def _extension_errors(
    held: Declaration, law: RulePack, now: datetime
) -> list[ProblemError] | Refusal:
    errors = []
    if held.status == "extending":
        must = "not be asked for while it is being decided"
        errors.append(wrong("already_decided", "path:id", held.id, must))
    if law.extension_years is None:
        must = f"be declared again, with replaces {held.id} ({law.id} knows no extension)"
        errors.append(wrong("extension_unknown_to_law", "path:id", held.id, must))
    if held.valid_until is None:
        must = "have a result whose validity ends"
        errors.append(wrong("declaration_not_in_force", "path:id", held.id, must))
        return errors
    last = periods.last_day_to_extend(
        periods.last_day_of(held.valid_until), law.review.before_expiry
    )
    if isinstance(last, Refusal):
        return refuse_all(errors) if errors else last
    if china_date(now) > last:
        must = f"be asked for by {last.isoformat()}; declare again, with replaces {held.id}"
        errors.append(wrong("extension_late", "path:id", held.id, must))
    return errors


def _extend(
    state: "RegulatorState", held: Declaration, law: RulePack, now: datetime, sign: Sign
) -> tuple[Event, ...] | Refusal:
    """A new version until the new end, with a new quota, unless the authorization is revoked."""
    assert held.valid_until is not None, "extended without an end"
    last_day = law.extended_until(periods.last_day_of(held.valid_until))
    if last_day is None:
        must = f"be decided under a law that knows extensions (not {law.id})"
        return refuse("extension_unknown_to_law", "/subject", held.id, must)
    until = periods.end_of_validity(last_day)
    extended = DeclarationExtended(
        held.id, now, until, periods.expiring_at(last_day, law.review.before_expiry)
    )
    authorization = state.authorizations.get(held.authorization or "")
    if authorization is None or authorization.revoked_at is not None:
        return (extended,)
    former = authorization.granted
    version = replace(former, version=former.version + 1, valid_until=until, signature="", at=now)
    return (extended, signed(version, sign))


def _closed(
    state: "RegulatorState", held: Declaration, reason: str, now: datetime
) -> Iterator[AuthorizationRevoked]:
    """What it granted is dead from here, if it is not dead already."""
    authorization = state.authorizations.get(held.authorization or "")
    if authorization is None or authorization.revoked_at is not None:
        return
    yield AuthorizationRevoked(authorization.id, reason, now)


def _in_validity(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    for held in state.declarations.values():
        if held.in_force and held.valid_until is not None:
            yield held.valid_until, held.id


def _not_told(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    """Those whose platform is yet to be told that their end is near."""
    for held in state.declarations.values():
        ends = held.in_force and held.valid_until is not None
        if ends and held.expiring_at is not None and held.status in ("accepted", "extended"):
            yield held.expiring_at, held.id


KEPT = Keeping(
    kept_in="declarations",
    timers=(
        Timer("expire", _in_validity, lambda state, id, at: expire(state, id, at.now)),
        Timer("near_expiry", _not_told, lambda state, id, at: near_expiry(state, id, at.now)),
    ),
)
