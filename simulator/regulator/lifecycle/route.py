"""Which way out a declaration takes, and whether its counts and papers allow it.

A security assessment always suffices, and is what a declaration means that states no mechanism. A
lesser way must be allowed by the counts of the window with the persons that the declaration states
(Order 11 art. 4; Order 16 art. 5, 7-8), and rest on a filed contract or a valid certificate.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.journal.events import Event
from simulator.journal.events.declaration import DeclarationReceived
from simulator.law import categories
from simulator.law.packs import Mechanism
from simulator.law.working_days import china_date
from simulator.messages.declaration import DeclarationRequest
from simulator.messages.headcount import HeadcountRequest
from simulator.messages.problem import ProblemError
from simulator.regulator import rules
from simulator.regulator.lifecycle import headcount, mechanism
from simulator.regulator.lifecycle.mechanism import Demanded
from simulator.regulator.refusal import Refusal, wrong

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

ASSESSMENT = "security_assessment"
NOT_GOING_ON = (
    "refused",
    "returned",
    "withdrawn",
    "changed",
    "not_admitted",
    "terminated",
    "expired",
    "export_terminated",
    "replaced",
)
"""States of a declaration under which nothing will leave any more."""


def errors(
    state: "RegulatorState", platform: str, id: str, request: DeclarationRequest, now: datetime
) -> Iterator[ProblemError]:
    """Everything that keeps the declaration `id` from going out by the way that it states."""
    if request.sensitive_persons is not None and request.sensitive_persons > request.persons:
        must = f"not be above persons, {request.persons}"
        yield wrong("persons_inconsistent", "/sensitive_persons", request.sensitive_persons, must)
    if request.mechanism not in (None, ASSESSMENT):
        if request.sensitive_persons is None:
            must = f"be stated with the mechanism {request.mechanism}"
            yield wrong("persons_inconsistent", "/sensitive_persons", None, must)
        else:
            yield from _mechanism_errors(state, platform, id, request, now)
    yield from _contract_errors(state, platform, request)
    yield from _certification_errors(state, platform, request)


def demanded(
    state: "RegulatorState", platform: str, id: str, request: DeclarationRequest, now: datetime
) -> Demanded:
    """What is demanded of this declaration.

    No splitting (Order 13 art. 4; Order 20): what other declarations of the window state counts
    too, as far as it was not counted by tokens yet. Reading of Order 16 art. 5(1): a payment
    platform may claim `exempt` for what a payment contract needs; its counts then do not matter.
    """
    pending, pending_sensitive = _stated_elsewhere(state, platform, (id, request.replaces), now)
    return mechanism.demanded(
        state,
        platform,
        now,
        stated_persons=request.persons,
        stated_sensitive_persons=request.sensitive_persons or 0,
        pending_persons=pending,
        pending_sensitive_persons=pending_sensitive,
        for_payment_contract=request.mechanism == "exempt",
    )


def count(
    state: "RegulatorState", platform: str, request: HeadcountRequest, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Counts persons, and notices what they have outgrown.

    Reading: a declaration that was allowed stays in force when the counts reach the next
    threshold. The duty to take the greater way then falls on the handler (Order 16 art. 7-8), and
    the regulator raises an alert once, for each authorization that rests on a lesser one.
    """
    counted = headcount.count(state, platform, request, now)
    if isinstance(counted, Refusal) or not counted:
        return counted
    [event] = counted
    before = mechanism.demanded(state, platform, now)
    after = mechanism.demanded(state, platform, now, tallies=headcount.tallies_after(state, event))
    if after.mechanism == before.mechanism:
        return counted
    return (event, *rules.over_counting(state, platform, after, now))


def suffices(stated: str | None, demanded: Mechanism) -> bool:
    """Whether a stated way out, or an assessment where none is, meets what is demanded."""
    if stated in (None, ASSESSMENT) or demanded == "exempt":
        return True
    return stated != "exempt" and demanded != ASSESSMENT


def lapsed(state: "RegulatorState", received: DeclarationReceived) -> str | None:
    """Why the papers no longer carry the declaration when it is decided; `None` where they do."""
    contract = state.contracts.get(received.contract or "")
    if contract is not None and contract.status != "filed":
        return f"{contract.id} is {contract.status}"
    certification = state.certifications.get(received.certification or "")
    if certification is not None and certification.status != "certified":
        return f"{certification.id} is {certification.status}"
    return None


def is_assessed(received: DeclarationReceived) -> bool:
    """Whether it goes out by a security assessment, with its procedure and its validity."""
    return received.mechanism in (None, ASSESSMENT)


def _stated_elsewhere(
    state: "RegulatorState", platform: str, itself: tuple[str | None, ...], now: datetime
) -> tuple[int, int]:
    """Persons of other declarations; what a re-declaration replaces is no other."""
    since = state.law_at(now).counted_since(china_date(now))
    others = [
        held.received
        for held in state.declarations.values()
        if held.platform == platform
        and held.id not in itself
        and held.status not in NOT_GOING_ON
        and china_date(held.received.at) >= since
    ]
    persons = sum(received.persons for received in others)
    return persons, sum(received.sensitive_persons or 0 for received in others)


def _mechanism_errors(
    state: "RegulatorState", platform: str, id: str, request: DeclarationRequest, now: datetime
) -> Iterator[ProblemError]:
    law = state.law_at(now)
    if request.mechanism == "exempt":
        mandatory = _mandatory(request)
        if mandatory:
            must = (
                f"not be exempt for {', '.join(sorted(mandatory))}: {law.mandatory_demanded_by}"
                " demands that they are declared"
            )
            yield wrong("mechanism_insufficient", "/mechanism", request.mechanism, must)
    found = demanded(state, platform, id, request, now)
    if not suffices(request.mechanism, found.mechanism):
        must = (
            f"be {found.mechanism}: {found.reason} ({found.clause}; {found.persons} persons,"
            f" {found.sensitive_persons} of them with sensitive information, counted since"
            f" {found.counted_since} and stated)"
        )
        yield wrong("mechanism_insufficient", "/mechanism", request.mechanism, must)


def _contract_errors(
    state: "RegulatorState", platform: str, request: DeclarationRequest
) -> Iterator[ProblemError]:
    if request.mechanism != "standard_contract":
        if request.contract is not None:
            must = "be absent unless the mechanism is standard_contract"
            yield wrong("contract_unknown", "/contract", request.contract, must)
        return
    held = state.contracts.get(request.contract or "")
    if held is None or not held.stands_for(platform, request.recipient, request.country):
        must = f"name a filed contract with {request.recipient} in {request.country}"
        yield wrong("contract_unknown", "/contract", request.contract, must)


def _certification_errors(
    state: "RegulatorState", platform: str, request: DeclarationRequest
) -> Iterator[ProblemError]:
    if request.mechanism != "certification":
        if request.certification is not None:
            must = "be absent unless the mechanism is certification"
            yield wrong("certification_unknown", "/certification", request.certification, must)
        return
    held = state.certifications.get(request.certification or "")
    if (
        held is None
        or held.platform != platform
        or held.status != "certified"
        or held.requested.purpose != request.purpose
        or not held.covers(request.recipient, request.country, _mandatory(request))
    ):
        must = (
            f"name a certificate in use whose scope has {request.recipient} in {request.country},"
            " this purpose and every mandatory category"
        )
        yield wrong("certification_unknown", "/certification", request.certification, must)


def _mandatory(request: DeclarationRequest) -> set[str]:
    """The declared categories that the law or the regulator's order wants declared."""
    return {field.category for field in request.fields}.intersection(categories.MANDATORY)
