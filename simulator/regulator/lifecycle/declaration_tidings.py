"""What the platform is told of its declarations: a step, a result, an expiry ahead, an end."""

from datetime import datetime
from typing import Any

from simulator.journal.events.declaration import (
    AssessmentExtended,
    DeclarationAccepted,
    DeclarationAdmitted,
    DeclarationExpired,
    DeclarationExpiring,
    DeclarationExtended,
    DeclarationForwarded,
    DeclarationNotAdmitted,
    DeclarationRefused,
    DeclarationReplaced,
    DeclarationReturned,
    DeclarationTerminated,
    ExportTerminated,
    ExtensionRefused,
    SupplementAsked,
)

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


def tell(event: ToldEvent) -> tuple[str, dict[str, Any]]:
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
            return {"status": "forwarded", "next_step_by": _said(event.decide_at)}
        case DeclarationAdmitted():
            return {"status": "assessing", "next_step_by": _said(event.decide_at)}
        case SupplementAsked():
            return {
                "status": "supplement_required",
                "items": list(event.items),
                "until": _said(event.until),
                "next_step_by": _said(event.decide_at),
            }
        case AssessmentExtended():
            return {
                "status": "assessing",
                "extended_by_working_days": event.working_days,
                "reason": event.reason,
                "next_step_by": _said(event.decide_at),
            }
        case DeclarationExtended():
            return {"status": "extended", "holds_until": event.valid_until.isoformat()}
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


def _said(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
