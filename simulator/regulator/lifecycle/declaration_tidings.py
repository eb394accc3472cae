"""What the platform is told of its declarations: a step, a result, an expiry ahead, an end."""

from collections.abc import Iterator
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, get_args

from simulator.clock import rfc3339
from simulator.journal.events.declaration import (
    AssessmentExtended,
    DeclarationAccepted,
    DeclarationAdmitted,
    DeclarationAmended,
    DeclarationExpired,
    DeclarationExpiring,
    DeclarationExtended,
    DeclarationForwarded,
    DeclarationNotAdmitted,
    DeclarationReceived,
    DeclarationRefused,
    DeclarationReplaced,
    DeclarationReturned,
    DeclarationTerminated,
    ExportTerminated,
    ExtensionRefused,
    ExtensionRequested,
    ReevaluationRequested,
    SupplementAsked,
)
from simulator.regulator.keeping import Keeping, Tidings, the_id

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

Stepped = (
    DeclarationReturned
    | DeclarationForwarded
    | DeclarationAdmitted
    | SupplementAsked
    | AssessmentExtended
    | DeclarationExtended
    | ExtensionRefused
)
Decided = DeclarationAccepted | DeclarationRefused | DeclarationNotAdmitted | DeclarationTerminated
Ended = DeclarationExpired | ExportTerminated | DeclarationReplaced
ToldEvent = Stepped | Decided | DeclarationExpiring | Ended


def _tell(state: "RegulatorState", event: ToldEvent) -> Iterator[Tidings]:
    type, data = _said_of(event)
    yield Tidings(state.declarations[event.id].platform, type, event.id, data)


KEPT = Keeping(
    kept_in="declarations",
    tells=dict.fromkeys(get_args(Ended), _tell),  # An end is of another than was asked for.
    tells_unless_answered=dict.fromkeys(
        (*get_args(Stepped), *get_args(Decided), DeclarationExpiring), _tell
    ),
    answers={
        DeclarationReceived: the_id,
        DeclarationAmended: the_id,
        ReevaluationRequested: the_id,
        ExtensionRequested: the_id,
        DeclarationAccepted: attrgetter("authorization"),
    },
)
"""An acceptance tells of the authorization that it grants, too."""


def _said_of(event: ToldEvent) -> tuple[str, dict[str, Any]]:
    """Type and data of the notice."""
    if isinstance(event, DeclarationExpiring):
        return "declaration.expiring", {"status": "expiring"}
    if isinstance(event, Ended):
        return "declaration.ended", _ended(event)
    if isinstance(event, Decided):
        return "declaration.decided", _decided(event)
    return "declaration.progressed", _stepped(event)


def _stepped(event: Stepped) -> dict[str, Any]:
    match event:
        case DeclarationReturned():
            return {"status": "returned", "missing": list(event.missing)}
        case DeclarationForwarded():
            return {"status": "forwarded", "next_step_by": _time(event.decide_at)}
        case DeclarationAdmitted():
            return {"status": "assessing", "next_step_by": _time(event.decide_at)}
        case SupplementAsked():
            return {
                "status": "supplement_required",
                "items": list(event.items),
                "until": _time(event.until),
                "next_step_by": _time(event.decide_at),
            }
        case AssessmentExtended():
            return {
                "status": "assessing",
                "extended_by_working_days": event.working_days,
                "reason": event.reason,
                "next_step_by": _time(event.decide_at),
            }
        case DeclarationExtended():
            return {"status": "extended", "holds_until": rfc3339(event.valid_until)}
        case ExtensionRefused():
            return {"status": "extension_refused", "reason": event.reason}


def _decided(event: Decided) -> dict[str, Any]:
    if isinstance(event, DeclarationAccepted):
        return {"status": "accepted", "authorization": event.authorization}
    told: dict[str, Any] = {"status": "refused", "authorization": None}
    if isinstance(event, DeclarationNotAdmitted):
        return told | {"status": "not_admitted"}
    if isinstance(event, DeclarationTerminated):
        return told | {"status": "terminated"}
    return told


def _ended(event: Ended) -> dict[str, Any]:
    match event:
        case DeclarationExpired():
            return {"status": "expired"}
        case ExportTerminated():
            return {"status": "export_terminated", "reason": event.reason}
        case DeclarationReplaced():
            return {"status": "replaced", "by": event.by}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
