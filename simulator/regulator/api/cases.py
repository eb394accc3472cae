"""Rectification: read the case, hand in the 17 materials, ask for the re-inspection."""

from typing import Any

from simulator.law.materials import BY_NUMBER
from simulator.messages.case import Case, CaseList, MaterialRequest
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken, page_of
from simulator.regulator.lifecycle import case
from simulator.regulator.reading import JsonMessage
from simulator.regulator.refusal import Refusal, not_found, refuse

NUMBERS = frozenset(map(str, BY_NUMBER))
MATERIAL: dict[str, Any] = {
    "title": "Rectification report",
    "document_date": "2023-06-10",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "sealed": True,
    "uscc": "91310000MA1FL0000N",
}
EXAMPLE: dict[str, Any] = {
    "id": "cas-1",
    "status": "suspended",
    "opened_at": "2023-06-02T10:00:00Z",
    "reason": "undeclared data left the country",
    "suspended_at": "2023-06-02T10:00:00Z",
    "deadline": "2023-07-02T10:00:00Z",
    "materials": [MATERIAL | {"number": 1, "handed_in_at": "2023-06-10T09:00:00Z"}],
    "findings": [],
    "decided_at": None,
}


def _list(call: Call, _: None) -> Outcome:
    own = [held for held in call.state.cases.values() if held.platform == call.platform]
    shown, cursor = page_of(own, call.page)
    items = tuple(map(views.case, shown))
    return Taken((), lambda: CaseList(items=items, next_cursor=cursor))


def _read(call: Call, _: None) -> Outcome:
    held = call.state.cases.get(call.path["id"])
    if held is None or held.platform != call.platform:
        return not_found("case", call.path["id"])
    return Taken((), lambda: views.case(held))


def _hand_in(call: Call, request: MaterialRequest) -> Outcome:
    id, number = call.path["id"], call.path["number"]
    if number not in NUMBERS:
        must = f"be a whole number from 1 to {len(NUMBERS)}"
        return refuse("material_unknown", "path:number", number, must)
    outcome = case.hand_in(call.state, call.platform, id, int(number), request, call.now)
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: views.case(call.state.cases[id]))


def _reinspect(call: Call, _: None) -> Outcome:
    id = call.path["id"]
    outcome = case.reinspect(call.state, call.platform, id, call.now)
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: views.case(call.state.cases[id]))


CASES = Resource(
    id="cases",
    title="Rectification after an inspection",
    operations=(
        Operation(
            id="list_cases",
            method="GET",
            path="/cases",
            title="List the own cases, oldest first",
            answers=CaseList,
            example={"items": [EXAMPLE], "next_cursor": None},
            ask=_list,
            lists="pages",
        ),
        Operation(
            id="read_case",
            method="GET",
            path="/cases/{id}",
            title="Read a case, its deadline and its materials",
            answers=Case,
            example=EXAMPLE,
            ask=_read,
            refuses=("not_found",),
            links={"hand_in": "id", "reinspect": "id"},
        ),
        Operation(
            id="hand_in",
            method="PUT",
            path="/cases/{id}/materials/{number}",
            title="Hand in one of the 17 materials; handing in again replaces",
            body=JsonMessage(MaterialRequest, MATERIAL),
            answers=Case,
            example=EXAMPLE,
            ask=_hand_in,
            changes="read_case",
            idempotency="optional",
            refuses=("not_found", "material_unknown", "case_closed"),
        ),
        Operation(
            id="reinspect",
            method="POST",
            path="/cases/{id}/reinspection",
            title="Ask for the re-inspection",
            answers=Case,
            example=EXAMPLE | {"status": "reinspecting"},
            ask=_reinspect,
            changes="read_case",
            idempotency="required",
            refuses=("not_found", "case_closed", "reinspection_pending"),
        ),
    ),
)
