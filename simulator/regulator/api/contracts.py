"""The way out by standard contract: hand it in, supplement it, end it, read its filing number."""

from typing import Any

from simulator.messages.contract import (
    Contract,
    ContractList,
    ContractRequest,
    ContractSupplement,
)
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken, page_of
from simulator.regulator.lifecycle import contract
from simulator.regulator.reading import JsonMessage
from simulator.regulator.refusal import Refusal, not_found

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
MATERIALS: dict[str, Any] = {
    "standard_contract": DIGEST,
    "pipia_report": DIGEST,
    "uscc_copy": DIGEST,
    "legal_representative_id": DIGEST,
    "handler_id": DIGEST,
    "authorisation_letter": DIGEST,
    "commitment_letter": DIGEST,
}
REQUEST: dict[str, Any] = {
    "recipient": "acquirer-sg",
    "country": "SG",
    "effective_on": "2023-06-01",
    "ends_on": None,
    "pipia_on": "2023-05-20",
    "materials": MATERIALS,
    "replaces": None,
}
EXAMPLE: dict[str, Any] = REQUEST | {
    "id": "con-1",
    "status": "filed",
    "received_at": "2023-06-01T08:00:00Z",
    "filed_late": False,
    "decided_at": "2023-06-01T08:00:00Z",
    "number": "SC2023000001",
    "reasons": [],
    "supplement_by": None,
    "ended_because": None,
}


def _hand_in(call: Call, request: ContractRequest) -> Outcome:
    id = call.state.next_id("con")
    return _told(call, id, contract.hand_in(call.state, call.platform, request, call.now))


def _supplement(call: Call, request: ContractSupplement) -> Outcome:
    id = call.path["id"]
    return _told(call, id, contract.supplement(call.state, call.platform, id, request, call.now))


def _end(call: Call, _: None) -> Outcome:
    id = call.path["id"]
    return _told(call, id, contract.end(call.state, call.platform, id, call.now))


def _told(call: Call, id: str, outcome: Any) -> Outcome:
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: views.contract(call.state.contracts[id]))


def _read(call: Call, _: None) -> Outcome:
    held = call.state.contracts.get(call.path["id"])
    if held is None or held.platform != call.platform:
        return not_found("contract", call.path["id"])
    return Taken((), lambda: views.contract(held))


def _list(call: Call, _: None) -> Outcome:
    own = [held for held in call.state.contracts.values() if held.platform == call.platform]
    shown, cursor = page_of(own, call.page)
    items = tuple(map(views.contract, shown))
    return Taken((), lambda: ContractList(items=items, next_cursor=cursor))


CONTRACTS = Resource(
    id="contracts",
    title="Filing standard contracts",
    operations=(
        Operation(
            id="file_contract",
            method="POST",
            path="/contracts",
            title="Hand in a standard contract; its check finds what is missing",
            body=JsonMessage(ContractRequest, REQUEST),
            answers=Contract,
            example=EXAMPLE,
            status=201,
            ask=_hand_in,
            idempotency="required",
            needs_confirmed_callback=True,
            refuses=(
                "route_not_open",
                "contract_not_in_effect",
                "contract_unknown",
                "period_invalid",
                "calendar_exhausted",
            ),
            links={"read_contract": "id", "supplement_contract": "id", "end_contract": "id"},
        ),
        Operation(
            id="list_contracts",
            method="GET",
            path="/contracts",
            title="List the own contracts, oldest first",
            answers=ContractList,
            example={"items": [EXAMPLE], "next_cursor": None},
            ask=_list,
            lists="pages",
        ),
        Operation(
            id="read_contract",
            method="GET",
            path="/contracts/{id}",
            title="Read a contract, its filing number or why it was returned",
            answers=Contract,
            example=EXAMPLE,
            ask=_read,
            refuses=("not_found",),
        ),
        Operation(
            id="supplement_contract",
            method="POST",
            path="/contracts/{id}/supplement",
            title="Supplement what was returned, within its ten working days",
            body=JsonMessage(ContractSupplement, {"pipia_on": None, "materials": MATERIALS}),
            answers=Contract,
            example=EXAMPLE,
            ask=_supplement,
            changes="read_contract",
            idempotency="required",
            refuses=("not_found", "contract_closed", "calendar_exhausted"),
        ),
        Operation(
            id="end_contract",
            method="POST",
            path="/contracts/{id}/ending",
            title="Say that the contract has ended; nothing leaves under it any more",
            answers=Contract,
            example=EXAMPLE | {"status": "ended", "ended_because": "the platform ended it"},
            ask=_end,
            changes="read_contract",
            idempotency="required",
            refuses=("not_found", "contract_closed"),
        ),
    ),
)
