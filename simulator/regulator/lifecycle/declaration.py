"""The platform declares, amends, withdraws, supplements; an acceptance grants an authorization."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.clock import rfc3339
from simulator.journal.events import Event
from simulator.journal.events.authorization import AuthorizationGranted, AuthorizationRevoked
from simulator.journal.events.declaration import (
    DeclarationAccepted,
    DeclarationAmended,
    DeclarationReceived,
    DeclarationRefused,
    DeclarationReplaced,
    DeclarationSupplemented,
    DeclarationWithdrawn,
    DeclaredFieldSeen,
    ReevaluationRequested,
    SupplementedItem,
)
from simulator.law import categories
from simulator.law.calendar_years import months_before
from simulator.law.packs import ReviewPeriods
from simulator.law.working_days import BeyondCalendar, add_working_days, china_date
from simulator.messages.declaration import (
    DeclarationRequest,
    DeclaredField,
    ReevaluationRequest,
    SupplementRequest,
)
from simulator.messages.problem import ProblemError
from simulator.regulator.lifecycle import periods, route
from simulator.regulator.lifecycle.authorization import signed
from simulator.regulator.lifecycle.declared import OPEN, REPLACEABLE, Declaration
from simulator.regulator.lifecycle.moment import Sign
from simulator.regulator.lifecycle.registration import must_be_active
from simulator.regulator.refusal import (
    Refusal,
    beyond_calendar,
    not_found,
    refuse,
    refuse_all,
    wrong,
)

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

SELF_ASSESSED_WITHIN_MONTHS = 3
"""How old the self-assessment may be when it is filed."""


def submit(
    state: "RegulatorState", platform: str, request: DeclarationRequest, now: datetime, sign: Sign
) -> tuple[Event, ...] | Refusal:
    """Received, and decided at once where the policy says so; a refusal names all that is wrong."""
    inactive = must_be_active(state, platform)
    if inactive is not None:
        return inactive
    received = _received(state, platform, state.next_id("dcl"), request, now)
    if isinstance(received, Refusal):
        return received
    if received.manner != "immediate":
        return (received,)
    return (received, *accept(state, received, now, sign))


def amend(
    state: "RegulatorState",
    platform: str,
    id: str,
    request: DeclarationRequest,
    now: datetime,
    sign: Sign,
) -> tuple[Event, ...] | Refusal:
    """Another content before the decision, or what a returned one lacked: the procedure begins
    anew, by the policy of now."""
    held = own(state, platform, id)
    if isinstance(held, Refusal):
        return held
    if held.status not in OPEN:
        return _not_open(held)
    content = _received(state, platform, id, request, now)
    if isinstance(content, Refusal):
        return content
    amended = DeclarationAmended(id, content, now)
    if content.manner != "immediate":
        return (amended,)
    return (amended, *accept(state, content, now, sign))


def withdraw(
    state: "RegulatorState", platform: str, id: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Before the decision; a declaration that is withdrawn stays so."""
    held = own(state, platform, id)
    if isinstance(held, Refusal):
        return held
    return (DeclarationWithdrawn(id, now),) if held.status in OPEN else _not_open(held)


def supplement(
    state: "RegulatorState", platform: str, id: str, request: SupplementRequest, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Everything that was asked for, at once; then the assessment goes on."""
    held = own(state, platform, id)
    if isinstance(held, Refusal):
        return held
    if held.asked is None:
        must = f"be asked for a supplement (it is {held.status})"
        return refuse("supplement_not_asked", "path:id", id, must)
    errors = list(_supplement_errors(held.asked.items, request))
    if errors:
        return refuse_all(errors)
    items = tuple(SupplementedItem(one.number, one.title, one.digest) for one in request.items)
    return (DeclarationSupplemented(id, items, now, held.asked.decide_at),)


def ask_reevaluation(
    state: "RegulatorState", platform: str, id: str, request: ReevaluationRequest, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Within 15 working days of a refusal or termination, once. Left to the regulator, it confirms
    the result; a tester overturns it."""
    held = own(state, platform, id)
    if isinstance(held, Refusal):
        return held
    if held.status not in ("refused", "terminated") or held.final:
        found = f"{held.status}, finally" if held.final else held.status
        must = f"be refused or terminated, and not finally (it is {found})"
        return refuse("reevaluation_impossible", "path:id", id, must)
    law = state.law_at(now)
    late = _late_for_reevaluation(held, law.review, now)
    if late is not None:
        return late
    decide_at = periods.answer_at(state, now, law.review.assessment)
    if isinstance(decide_at, Refusal):
        return decide_at
    requested = ReevaluationRequested(id, request.reason, now, decide_at)
    if state.policy.declarations != "immediate":
        return (requested,)
    return (requested, confirmed(held, now))


def decide(
    state: "RegulatorState", id: str, accept_it: bool, reason: str, now: datetime, sign: Sign
) -> tuple[Event, ...] | Refusal:
    """Straight to the result: accept and grant, or refuse; once. Acceptance comes too late for a
    period that has ended."""
    held = state.declarations.get(id)
    if held is None:
        return not_found("declaration", id)
    if held.status == "returned" or held.status not in (*OPEN, "reevaluating"):
        return refuse(
            "already_decided", "/subject", id, f"wait for a decision (it is {held.status})"
        )
    if not accept_it:
        return (DeclarationRefused(id, reason, now),)
    if held.received.valid_until <= now:
        return (DeclarationRefused(id, "the declared period ended before the decision", now),)
    lapsed = route.lapsed(state, held.received)
    if lapsed is not None:
        return (DeclarationRefused(id, lapsed, now),)
    return accept(state, held.received, now, sign)


def confirmed(held: Declaration, now: datetime) -> DeclarationRefused:
    """The result of a re-evaluation that changes nothing."""
    return DeclarationRefused(held.id, f"the result stands: {held.reason or held.status}", now)


def accept(
    state: "RegulatorState", received: DeclarationReceived, now: datetime, sign: Sign
) -> tuple[Event, ...]:
    """The result of an assessment holds by the law of today, and the granted period never outlives
    it; any other way out holds as long as what it rests on. What it replaces ends with it."""
    holds_until, expiring_at = None, None
    if route.is_assessed(received):
        law = state.law_at(now)
        last_day = law.valid_until(china_date(now))
        holds_until = periods.end_of_validity(last_day)
        expiring_at = periods.expiring_at(last_day, law.review.before_expiry)
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
        valid_until=min(received.valid_until, holds_until or received.valid_until),
        signature="",
        at=now,
    )
    accepted = DeclarationAccepted(received.id, version.id, now, holds_until, expiring_at)
    return (accepted, signed(version, sign), *_replaced(state, received, now))


def own(state: "RegulatorState", platform: str, id: str) -> Declaration | Refusal:
    """The platform's declaration of this id."""
    held = state.declarations.get(id)
    if held is None or held.platform != platform:
        return not_found("declaration", id)
    return held


def _received(
    state: "RegulatorState", platform: str, id: str, request: DeclarationRequest, now: datetime
) -> DeclarationReceived | Refusal:
    """The content as it is received now, or everything that is wrong with it."""
    errors = [*_content_errors(state, platform, id, request, now)]
    if errors:
        return refuse_all(errors)
    decide_at = _first_step_at(state, now)
    if isinstance(decide_at, Refusal):
        return decide_at
    return DeclarationReceived(
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
        decide_at=decide_at,
        manner=state.policy.declarations,
        self_assessed_on=request.self_assessed_on,
        replaces=request.replaces,
        mechanism=request.mechanism,
        sensitive_persons=request.sensitive_persons,
        contract=request.contract,
        certification=request.certification,
    )


def _first_step_at(state: "RegulatorState", now: datetime) -> datetime | Refusal | None:
    """The whole normal path must lie within the calendar, so that no step meets its end."""
    review = state.law_at(now).review
    if state.policy.declarations == "statutory":
        whole = periods.end_of(now, review.completeness, review.acceptance, review.assessment)
        if isinstance(whole, Refusal):
            return whole
    return periods.answer_at(state, now, review.completeness)


def _content_errors(
    state: "RegulatorState", platform: str, id: str, request: DeclarationRequest, now: datetime
) -> Iterator[ProblemError]:
    """Everything wrong with a content."""
    yield from _period_errors(request, now)
    yield from _field_errors(request.fields)
    yield from route.errors(state, platform, id, request, now)
    yield from _self_assessment_errors(request, now)
    yield from _replacement_errors(state, platform, id, request)


def _period_errors(request: DeclarationRequest, now: datetime) -> Iterator[ProblemError]:
    if request.valid_until <= request.valid_from:
        must = f"be after valid_from, {rfc3339(request.valid_from)}"
        yield wrong("period_invalid", "/valid_until", request.valid_until, must)
    if request.valid_until <= now:
        must = f"be after now, {rfc3339(now)}"
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


def _self_assessment_errors(request: DeclarationRequest, now: datetime) -> Iterator[ProblemError]:
    """Who leaves the day out is not refused; a thorough regulator returns the declaration."""
    assessed, today = request.self_assessed_on, china_date(now)
    earliest = months_before(today, SELF_ASSESSED_WITHIN_MONTHS)
    if assessed is not None and not earliest <= assessed <= today:
        must = f"be from {earliest.isoformat()} to {today.isoformat()}"
        yield wrong("self_assessment_untimely", "/self_assessed_on", assessed, must)


def _replacement_errors(
    state: "RegulatorState", platform: str, id: str, request: DeclarationRequest
) -> Iterator[ProblemError]:
    if request.replaces is None:
        return
    former = state.declarations.get(request.replaces)
    if former is None or former.platform != platform or former.id == id:
        must = "be another declaration of this platform"
    elif former.status not in REPLACEABLE:
        must = f"have been accepted and not replaced (it is {former.status})"
    else:
        return
    yield wrong("declaration_not_replaceable", "/replaces", request.replaces, must)


def _supplement_errors(
    asked: tuple[str, ...], request: SupplementRequest
) -> Iterator[ProblemError]:
    seen: set[int] = set()
    for place, item in enumerate(request.items):
        pointer = f"/items/{place}/number"
        if item.number > len(asked):
            must = f"be asked for, 1 to {len(asked)}"
            yield wrong("supplement_incomplete", pointer, item.number, must)
        elif item.number in seen:
            yield wrong("supplement_incomplete", pointer, item.number, "be answered once")
        seen.add(item.number)
    for number, what in enumerate(asked, start=1):
        if number not in seen:
            must = f"answer number {number} too: {what}"
            yield wrong("supplement_incomplete", "/items", sorted(seen), must)


def _late_for_reevaluation(
    held: Declaration, review: ReviewPeriods, now: datetime
) -> Refusal | None:
    assert held.decided_at is not None, "a result without its day"
    try:
        last = add_working_days(china_date(held.decided_at), review.reevaluation)
    except BeyondCalendar as beyond:
        return beyond_calendar(beyond)
    if china_date(now) <= last:
        return None
    must = f"be asked for by {last.isoformat()}"
    return refuse("reevaluation_late", "path:id", held.id, must)


def _replaced(
    state: "RegulatorState", received: DeclarationReceived, now: datetime
) -> Iterator[Event]:
    """What ends with the acceptance of a re-declaration, unless it ended meanwhile."""
    former = state.declarations.get(received.replaces or "")
    if former is None or former.status not in REPLACEABLE:
        return
    yield DeclarationReplaced(former.id, received.id, now)
    held = state.authorizations.get(former.authorization or "")
    if held is not None and held.revoked_at is None and held.expired_at is None:
        yield AuthorizationRevoked(held.id, f"{former.id} is replaced by {received.id}", now)


def _not_open(held: Declaration) -> Refusal:
    must = f"not be decided (it is {held.status})"
    return refuse("already_decided", "path:id", held.id, must)
