"""A declaration and every state that it can be in, from its receipt to the end of its validity."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, get_args

from simulator.journal.events.declaration import (
    AssessmentExtended,
    ChangeReported,
    DeclarationAccepted,
    DeclarationAdmitted,
    DeclarationAmended,
    DeclarationEvent,
    DeclarationExpired,
    DeclarationExpiring,
    DeclarationExtended,
    DeclarationForwarded,
    DeclarationNotAdmitted,
    DeclarationReceived,
    DeclarationRefused,
    DeclarationReplaced,
    DeclarationReturned,
    DeclarationSupplemented,
    DeclarationTerminated,
    DeclarationWithdrawn,
    ExportTerminated,
    ExtensionRefused,
    ExtensionRequested,
    ReevaluationRequested,
    SupplementAsked,
    SupplementedItem,
)
from simulator.messages.declaration import DeclarationStatus
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.keeping import Keeping

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

OPEN: tuple[DeclarationStatus, ...] = (
    "received",
    "returned",
    "forwarded",
    "assessing",
    "supplement_required",
)
"""Not decided yet: may be amended and withdrawn."""
IN_FORCE: tuple[DeclarationStatus, ...] = ("accepted", "expiring", "extending", "extended")
REPLACEABLE: tuple[DeclarationStatus, ...] = (
    *IN_FORCE,
    "changed",
    "expired",
    "export_terminated",
)
"""Once accepted, and so open to a re-declaration."""
WAITING: tuple[DeclarationStatus, ...] = (
    "received",
    "forwarded",
    "assessing",
    "supplement_required",
    "reevaluating",
    "extending",
)
"""A next step comes, at its time or by a tester's hand."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration and what became of it."""

    received: DeclarationReceived
    """As it was last amended."""
    status: DeclarationStatus = "received"
    decide_at: datetime | None = None
    """When the next step is taken; `None` where none comes, or a tester takes it."""
    decided_at: datetime | None = None
    reason: str | None = None
    authorization: str | None = None
    """What its acceptance granted."""
    missing: tuple[str, ...] = ()
    asked: SupplementAsked | None = None
    """What must be supplemented, while it must be."""
    supplemented: tuple[SupplementedItem, ...] = ()
    final: bool = False
    """Decided by a re-evaluation."""
    valid_until: datetime | None = None
    expiring_at: datetime | None = None
    changes: tuple[str, ...] = ()
    replaced_by: str | None = None

    @property
    def id(self) -> str:
        return self.received.id

    @property
    def platform(self) -> str:
        return self.received.platform

    @property
    def in_force(self) -> bool:
        return self.status in IN_FORCE


def evolve(declaration: Declaration | None, event: DeclarationEvent) -> Declaration:
    """The declaration after `event`; `None` before the first."""
    if isinstance(event, DeclarationReceived):
        return Declaration(event, decide_at=event.decide_at)
    assert declaration is not None, "goes on before it was received"
    settled = replace(declaration, decide_at=None)
    return _in_procedure(settled, event) or _decided(settled, event) or _after(settled, event)


def _in_procedure(held: Declaration, event: DeclarationEvent) -> Declaration | None:
    """Up to the result; `None` for what comes with it or after it."""
    match event:
        case DeclarationAmended():
            return Declaration(event.content, decide_at=event.content.decide_at)
        case DeclarationReturned():
            return replace(held, status="returned", missing=event.missing)
        case DeclarationForwarded():
            return replace(held, status="forwarded", decide_at=event.decide_at)
        case DeclarationAdmitted():
            return replace(held, status="assessing", decide_at=event.decide_at)
        case SupplementAsked():
            return replace(held, status="supplement_required", asked=event, decide_at=event.until)
        case DeclarationSupplemented():
            items = (*held.supplemented, *event.items)
            return replace(
                held,
                status="assessing",
                asked=None,
                supplemented=items,
                decide_at=event.decide_at,
            )
        case AssessmentExtended():
            return replace(held, decide_at=event.decide_at)
        case ReevaluationRequested():
            return replace(held, status="reevaluating", decide_at=event.decide_at)
    return None


def _decided(held: Declaration, event: DeclarationEvent) -> Declaration | None:
    """With the result; `None` for what comes after it."""
    final = held.status == "reevaluating"
    match event:
        case DeclarationWithdrawn():
            return replace(held, status="withdrawn", asked=None, decided_at=event.at)
        case DeclarationNotAdmitted():
            return replace(held, status="not_admitted", decided_at=event.at, reason=event.reason)
        case DeclarationTerminated():
            return replace(
                held, status="terminated", asked=None, decided_at=event.at, reason=event.reason
            )
        case DeclarationRefused():
            return replace(
                held,
                status="refused",
                asked=None,
                decided_at=event.at,
                reason=event.reason,
                final=final,
            )
        case DeclarationAccepted():
            return replace(
                held,
                status="accepted",
                asked=None,
                decided_at=event.at,
                reason=None,
                authorization=event.authorization,
                valid_until=event.valid_until,
                expiring_at=event.expiring_at,
                final=final,
            )
    return None


def _after(held: Declaration, event: DeclarationEvent) -> Declaration:
    """After the acceptance."""
    match event:
        case DeclarationExpiring():
            return replace(held, status="expiring")
        case ExtensionRequested():
            return replace(held, status="extending", decide_at=event.decide_at)
        case DeclarationExtended():
            return replace(
                held,
                status="extended",
                valid_until=event.valid_until,
                expiring_at=event.expiring_at,
            )
        case ExtensionRefused():
            late = held.expiring_at is not None and held.expiring_at <= event.at
            return replace(held, status="expiring" if late else "accepted", reason=event.reason)
        case DeclarationExpired():
            return replace(held, status="expired")
        case ExportTerminated():
            return replace(held, status="export_terminated", reason=event.reason)
        case ChangeReported():
            return replace(held, status="changed", changes=(*held.changes, *event.changes))
        case DeclarationReplaced():
            return replace(held, status="replaced", replaced_by=event.by)
    raise AssertionError(f"{event} is no event of a declaration")


def _named(declaration: Declaration) -> str:
    """A refusal that no re-evaluation can change is another state than one that it can."""
    final = declaration.final and declaration.status == "refused"
    return "refused_finally" if final else declaration.status


DRAWN = Drawing(
    id="declaration",
    title=(
        "Only an accepted declaration grants an authorization; `expiring`, `extending` and"
        " `extended` are in force\ntoo. On the wire `refused_finally` is `refused` with"
        " `final: true`."
    ),
    evolve=evolve,
    state_of=_named,
    steps=(
        Step(BEGIN, DeclarationReceived, "received"),
        Step("received", DeclarationReturned, "returned"),
        Step("received", DeclarationForwarded, "forwarded"),
        Step("forwarded", DeclarationAdmitted, "assessing"),
        Step("forwarded", DeclarationNotAdmitted, "not_admitted"),
        Step("assessing", SupplementAsked, "supplement_required"),
        Step("assessing", AssessmentExtended, "assessing"),
        Step("supplement_required", DeclarationSupplemented, "assessing"),
        Step("supplement_required", DeclarationTerminated, "terminated"),
        *(Step(status, DeclarationAmended, "received") for status in OPEN),
        *(Step(status, DeclarationWithdrawn, "withdrawn") for status in OPEN),
        *(
            Step(status, event, target)
            for status in OPEN
            if status != "returned"
            for event, target in (
                (DeclarationAccepted, "accepted"),
                (DeclarationRefused, "refused"),
            )
        ),
        Step("refused", ReevaluationRequested, "reevaluating"),
        Step("terminated", ReevaluationRequested, "reevaluating"),
        Step("reevaluating", DeclarationAccepted, "accepted"),
        Step("reevaluating", DeclarationRefused, "refused_finally"),
        Step("accepted", DeclarationExpiring, "expiring"),
        Step("extended", DeclarationExpiring, "expiring"),
        Step("accepted", ExtensionRequested, "extending"),
        Step("expiring", ExtensionRequested, "extending"),
        Step("extended", ExtensionRequested, "extending"),
        Step("extending", DeclarationExtended, "extended"),
        Step("extending", ExtensionRefused, "accepted"),
        Step("extending", ExtensionRefused, "expiring"),
        *(
            Step(status, event, target)
            for status in IN_FORCE
            for event, target in (
                (DeclarationExpired, "expired"),
                (ExportTerminated, "export_terminated"),
                (ChangeReported, "changed"),
            )
        ),
        *(Step(status, DeclarationReplaced, "replaced") for status in REPLACEABLE),
    ),
)


def _keep(state: "RegulatorState", event: DeclarationEvent) -> None:
    held = state.declarations[event.id] = evolve(state.declarations.get(event.id), event)
    if held.status in WAITING:
        state.undecided[event.id] = held.decide_at
    else:
        state.undecided.pop(event.id, None)


KEPT = Keeping(
    kept_in="declarations",
    prefix="dcl",
    folds=dict.fromkeys(get_args(DeclarationEvent), _keep),
)
"""Its decisions stand in `assessment`, its timers in `validity`."""
