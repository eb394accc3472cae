"""Before data may leave: declare it, and read what was decided."""

from typing import Any

from simulator.messages.declaration import Declaration, DeclarationList, DeclarationRequest
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken, page_of
from simulator.regulator.lifecycle import declaration
from simulator.regulator.reading import JsonMessage
from simulator.regulator.refusal import Refusal, not_found

REQUEST: dict[str, Any] = {
    "purpose": "settlement of cross-border payments",
    "legal_basis": "PIPL art. 13(2): performance of a contract with the individual",
    "recipient": "acquirer-sg",
    "country": "SG",
    "fields": [
        {"name": "payer_id", "category": "M01", "desensitisation": "last_four"},
        {"name": "amount", "category": "M02", "desensitisation": "none"},
        {"name": "payer_mobile", "category": "M03", "desensitisation": "last_four"},
    ],
    "records": 100000,
    "persons": 50000,
    "valid_from": "2023-06-01T00:00:00Z",
    "valid_until": "2025-06-01T00:00:00Z",
}
EXAMPLE: dict[str, Any] = REQUEST | {
    "id": "dcl-1",
    "status": "accepted",
    "received_at": "2023-06-01T00:00:00Z",
    "decided_at": "2023-06-01T00:00:00Z",
    "reason": None,
    "authorization": "aut-1",
    "mechanism": "security_assessment",
    "sensitive_persons": None,
    "contract": None,
    "certification": None,
}


GRANTED = {"id": "$response.body#/authorization"}
"""The authorization that an acceptance granted."""


def _declare(call: Call, request: DeclarationRequest) -> Outcome:
    id = call.state.next_id("dcl")
    outcome = declaration.submit(call.state, call.platform, request, call.now, call.sign)
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: views.declaration(call.state.declarations[id]))


def _read(call: Call, _: None) -> Outcome:
    held = call.state.declarations.get(call.path["id"])
    if held is None or held.platform != call.platform:
        return not_found("declaration", call.path["id"])
    return Taken((), lambda: views.declaration(held))


def _list(call: Call, _: None) -> Outcome:
    own = [held for held in call.state.declarations.values() if held.platform == call.platform]
    shown, cursor = page_of(own, call.page)
    items = tuple(views.declaration(held) for held in shown)
    return Taken((), lambda: DeclarationList(items=items, next_cursor=cursor))


DECLARATIONS = Resource(
    id="declarations",
    title="Declaring data before it leaves",
    operations=(
        Operation(
            id="declare",
            method="POST",
            path="/declarations",
            title="Declare; a refusal names everything that is missing or wrong",
            body=JsonMessage(DeclarationRequest, REQUEST),
            answers=Declaration,
            example=EXAMPLE,
            status=201,
            ask=_declare,
            idempotency="required",
            needs_confirmed_callback=True,
            refuses=(
                "period_invalid",
                "category_unknown",
                "category_forbidden",
                "field_duplicated",
                "desensitisation_insufficient",
                "persons_inconsistent",
                "mechanism_insufficient",
                "contract_unknown",
                "certification_unknown",
            ),
            links={"read_declaration": "id", "read_authorization": GRANTED},
        ),
        Operation(
            id="list_declarations",
            method="GET",
            path="/declarations",
            title="List the own declarations, oldest first",
            answers=DeclarationList,
            example={"items": [EXAMPLE], "next_cursor": None},
            ask=_list,
            lists="pages",
        ),
        Operation(
            id="read_declaration",
            method="GET",
            path="/declarations/{id}",
            title="Read a declaration and what was decided",
            answers=Declaration,
            example=EXAMPLE,
            ask=_read,
            refuses=("not_found",),
            links={"read_authorization": GRANTED},
        ),
    ),
)
