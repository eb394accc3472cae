"""The platform declares, the regulator decides, and an acceptance grants an authorization."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.journal.events import (
    AuthorizationGranted,
    DeclarationAccepted,
    DeclarationReceived,
    DeclarationRefused,
    DeclaredFieldSeen,
    Event,
)
from simulator.law import categories
from simulator.messages.declaration import DeclarationRequest, DeclarationStatus, DeclaredField
from simulator.messages.problem import ProblemError
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.lifecycle import route
from simulator.regulator.lifecycle.authorization import Sign, signed
from simulator.regulator.lifecycle.registration import must_be_active
from simulator.regulator.refusal import Refusal, not_found, refuse, refuse_all, wrong

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration and what became of it."""

    received: DeclarationReceived
    status: DeclarationStatus = "received"
    decided_at: datetime | None = None
    reason: str | None = None
    authorization: str | None = None
    """What its acceptance granted."""

    @property
    def id(self) -> str:
        return self.received.id

    @property
    def platform(self) -> str:
        return self.received.platform


def submit(
    state: "RegulatorState", platform: str, request: DeclarationRequest, now: datetime, sign: Sign
) -> tuple[Event, ...] | Refusal:
    """Received, and decided at once where the policy says so; a refusal names all that is wrong."""
    inactive = must_be_active(state, platform)
    if inactive is not None:
        return inactive
    id = state.next_id("dcl")
    errors = [
        *_period_errors(request, now),
        *_field_errors(request.fields),
        *route.errors(state, platform, id, request, now),
    ]
    if errors:
        return refuse_all(errors)
    received = DeclarationReceived(
        id=id,
        platform=platform,
        fields=tuple(
            DeclaredFieldSeen(field.name, field.category, field.desensitisation)
            for field in request.fields
        ),
        purpose=request.purpose,
        legal_basis=request.legal_basis,
        recipient=request.recipient,
        country=request.country,
        records=request.records,
        persons=request.persons,
        valid_from=request.valid_from,
        valid_until=request.valid_until,
        at=now,
        decide_at=state.policy.decide_at(state.policy.declarations, now),
        mechanism=request.mechanism,
        sensitive_persons=request.sensitive_persons,
        contract=request.contract,
        certification=request.certification,
    )
    if state.policy.declarations != "immediate":
        return (received,)
    return (received, *_accept(state, received, now, sign))


def decide(
    state: "RegulatorState", id: str, accept: bool, reason: str, now: datetime, sign: Sign
) -> tuple[Event, ...] | Refusal:
    """Accept and grant, or refuse; once. Acceptance comes too late for a period that has ended."""
    declaration = state.declarations.get(id)
    if declaration is None:
        return not_found("declaration", id)
    if declaration.status != "received":
        return refuse(
            "already_decided", "/subject", id, f"wait for a decision (it is {declaration.status})"
        )
    if not accept:
        return (DeclarationRefused(id, reason, now),)
    if declaration.received.valid_until <= now:
        return (DeclarationRefused(id, "the declared period ended before the decision", now),)
    lapsed = route.lapsed(state, declaration.received)
    if lapsed is not None:
        return (DeclarationRefused(id, lapsed, now),)
    return _accept(state, declaration.received, now, sign)


def evolve(
    declaration: Declaration | None,
    event: DeclarationReceived | DeclarationAccepted | DeclarationRefused,
) -> Declaration:
    """The declaration after `event`; `None` before the first."""
    if isinstance(event, DeclarationReceived):
        return Declaration(event)
    assert declaration is not None, "decided before it was received"
    if isinstance(event, DeclarationAccepted):
        return replace(
            declaration,
            status="accepted",
            decided_at=event.at,
            authorization=event.authorization,
        )
    return replace(declaration, status="refused", decided_at=event.at, reason=event.reason)


DRAWN = Drawing(
    id="declaration",
    title="Only an accepted declaration grants an authorization.",
    kept_in="declarations",
    evolve=evolve,
    state_of=lambda declaration: declaration.status,
    steps=(
        Step(BEGIN, DeclarationReceived, "received"),
        Step("received", DeclarationAccepted, "accepted"),
        Step("received", DeclarationRefused, "refused"),
    ),
)


def _accept(
    state: "RegulatorState", received: DeclarationReceived, now: datetime, sign: Sign
) -> tuple[Event, ...]:
    version = AuthorizationGranted(
        id=state.next_id("aut"),
        version=1,
        platform=received.platform,
        declaration=received.id,
        fields=received.fields,
        purpose=received.purpose,
        recipient=received.recipient,
        country=received.country,
        quota_records=received.records,
        valid_from=received.valid_from,
        valid_until=received.valid_until,
        signature="",
        at=now,
    )
    return (DeclarationAccepted(received.id, version.id, now), signed(version, sign))


def _period_errors(request: DeclarationRequest, now: datetime) -> Iterator[ProblemError]:
    if request.valid_until <= request.valid_from:
        must = f"be after valid_from, {request.valid_from.isoformat()}"
        yield wrong("period_invalid", "/valid_until", request.valid_until, must)
    if request.valid_until <= now:
        must = f"be after now, {now.isoformat()}"
        yield wrong("period_invalid", "/valid_until", request.valid_until, must)


def _field_errors(fields: tuple[DeclaredField, ...]) -> Iterator[ProblemError]:
    """What never leaves cannot be declared in any way; the others each have ways that suffice."""
    names: set[str] = set()
    for place, field in enumerate(fields):
        if field.name in names:
            yield wrong("field_duplicated", f"/fields/{place}/name", field.name, "be named once")
        names.add(field.name)

        category = categories.BY_CODE.get(field.category)
        if category is None:
            must = "be a code of GET /categories"
            yield wrong("category_unknown", f"/fields/{place}/category", field.category, must)
        elif category.duty == "forbidden":
            must = f"not be {field.category} ({category.title}), which never leaves"
            yield wrong("category_forbidden", f"/fields/{place}/category", field.category, must)
        elif not categories.suffices(field.category, field.desensitisation):
            ways = " or ".join(sorted(categories.desensitisations(field.category)))
            pointer = f"/fields/{place}/desensitisation"
            must = f"be {ways} for {field.category} ({category.title})"
            yield wrong("desensitisation_insufficient", pointer, field.desensitisation, must)
