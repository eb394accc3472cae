"""Before data may leave: declare it, take part in its assessment, keep its result in force."""

from typing import Any

from simulator.journal.events import Event
from simulator.messages.declaration import (
    ChangeReport,
    Declaration,
    DeclarationList,
    DeclarationRequest,
    ReevaluationRequest,
    SupplementRequest,
)
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken, page_of
from simulator.regulator.lifecycle import declaration, validity
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
    "self_assessed_on": None,
    "replaces": None,
    "replaced_by": None,
    "next_step_by": None,
    "missing": [],
    "supplement_asked": [],
    "supplement_until": None,
    "final": False,
    "holds_until": "2025-06-01T16:00:00Z",
    "extension_until": "2025-03-05",
    "changes": [],
}
UNDECIDED: dict[str, Any] = EXAMPLE | {
    "status": "received",
    "decided_at": None,
    "authorization": None,
    "holds_until": None,
    "extension_until": None,
}
SUPPLEMENT: dict[str, Any] = {
    "items": [
        {
            "number": 1,
            "title": "Contract with the recipient, with all six clauses",
            "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        }
    ]
}
CHANGES: dict[str, Any] = {
    "changes": ["retention"],
    "description": "The recipient keeps the records for five years instead of two.",
}
REASON: dict[str, Any] = {"reason": "The recipient was taken for another one of a similar name."}
CONTENT_CODES = (
    "period_invalid",
    "category_unknown",
    "category_forbidden",
    "field_duplicated",
    "desensitisation_insufficient",
    "persons_inconsistent",
    "mechanism_insufficient",
    "contract_unknown",
    "certification_unknown",
    "self_assessment_untimely",
    "declaration_not_replaceable",
    "calendar_exhausted",
)


GRANTED = {"id": "$response.body#/authorization"}
"""The authorization that an acceptance granted."""


def _declare(call: Call, request: DeclarationRequest) -> Outcome:
    id = call.state.next_id("dcl")
    outcome = declaration.submit(call.state, call.platform, request, call.now, call.sign)
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: views.declaration(call.state.declarations[id]))


def _told(call: Call, outcome: tuple[Event, ...] | Refusal) -> Outcome:
    """The declaration of the path, after what was decided about it."""
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: views.declaration(call.state.declarations[call.path["id"]]))


def _amend(call: Call, request: DeclarationRequest) -> Outcome:
    state, platform, id = call.state, call.platform, call.path["id"]
    return _told(call, declaration.amend(state, platform, id, request, call.now, call.sign))


def _withdraw(call: Call, _: None) -> Outcome:
    withdrawn = declaration.withdraw(call.state, call.platform, call.path["id"], call.now)
    return _told(call, withdrawn)


def _supplement(call: Call, request: SupplementRequest) -> Outcome:
    state, platform, id = call.state, call.platform, call.path["id"]
    return _told(call, declaration.supplement(state, platform, id, request, call.now))


def _ask_reevaluation(call: Call, request: ReevaluationRequest) -> Outcome:
    state, platform, id = call.state, call.platform, call.path["id"]
    return _told(call, declaration.ask_reevaluation(state, platform, id, request, call.now))


def _ask_extension(call: Call, _: None) -> Outcome:
    state, platform, id = call.state, call.platform, call.path["id"]
    return _told(call, validity.ask_extension(state, platform, id, call.now, call.sign))


def _report_change(call: Call, report: ChangeReport) -> Outcome:
    state, platform, id = call.state, call.platform, call.path["id"]
    return _told(call, validity.report_change(state, platform, id, report, call.now))


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
            refuses=CONTENT_CODES,
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
        Operation(
            id="amend",
            method="PUT",
            path="/declarations/{id}",
            title="Amend before the decision, or complete what was returned",
            body=JsonMessage(DeclarationRequest, REQUEST),
            answers=Declaration,
            example=UNDECIDED,
            ask=_amend,
            changes="read_declaration",
            idempotency="optional",
            needs_confirmed_callback=True,
            refuses=("not_found", "already_decided", *CONTENT_CODES),
        ),
        Operation(
            id="withdraw",
            method="POST",
            path="/declarations/{id}/withdrawal",
            title="Withdraw before the decision",
            answers=Declaration,
            example=UNDECIDED | {"status": "withdrawn", "decided_at": "2023-06-02T00:00:00Z"},
            ask=_withdraw,
            changes="read_declaration",
            idempotency="optional",
            refuses=("not_found", "already_decided"),
        ),
        Operation(
            id="supplement",
            method="POST",
            path="/declarations/{id}/supplement",
            title="Supplement everything that was asked for",
            body=JsonMessage(SupplementRequest, SUPPLEMENT),
            answers=Declaration,
            example=UNDECIDED | {"status": "assessing"},
            ask=_supplement,
            changes="read_declaration",
            idempotency="required",
            refuses=("not_found", "supplement_not_asked", "supplement_incomplete"),
        ),
        Operation(
            id="ask_reevaluation",
            method="POST",
            path="/declarations/{id}/reevaluation",
            title="Ask for a re-evaluation, within 15 working days of the result",
            body=JsonMessage(ReevaluationRequest, REASON),
            answers=Declaration,
            example=UNDECIDED | {"status": "reevaluating", "decided_at": "2023-06-02T00:00:00Z"},
            ask=_ask_reevaluation,
            changes="read_declaration",
            idempotency="required",
            refuses=(
                "not_found",
                "reevaluation_impossible",
                "reevaluation_late",
                "calendar_exhausted",
            ),
        ),
        Operation(
            id="ask_extension",
            method="POST",
            path="/declarations/{id}/extension",
            title="Ask for an extension, 60 working days before expiry",
            answers=Declaration,
            example=EXAMPLE | {"status": "extending"},
            ask=_ask_extension,
            changes="read_declaration",
            idempotency="required",
            refuses=(
                "not_found",
                "declaration_not_in_force",
                "already_decided",
                "extension_unknown_to_law",
                "extension_late",
                "calendar_exhausted",
            ),
        ),
        Operation(
            id="report_change",
            method="POST",
            path="/declarations/{id}/changes",
            title="Report a change that closes the export until it is declared again",
            body=JsonMessage(ChangeReport, CHANGES),
            answers=Declaration,
            example=EXAMPLE | {"status": "changed", "changes": ["retention"]},
            ask=_report_change,
            changes="read_declaration",
            idempotency="required",
            refuses=("not_found", "declaration_not_in_force"),
        ),
    ),
)
