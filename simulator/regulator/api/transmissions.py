"""One sending of data: announced before, read between, closed after."""

from typing import Any

from simulator.messages.transmission import (
    ClosingRequest,
    Transmission,
    TransmissionList,
    TransmissionRequest,
)
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken, page_of
from simulator.regulator.lifecycle import transmission
from simulator.regulator.reading import JsonMessage
from simulator.regulator.refusal import Refusal, not_found

REQUEST: dict[str, Any] = {
    "authorization": "aut-1",
    "authorization_version": 1,
    "categories": ["M01", "M02", "M03"],
    "purpose": "settlement of cross-border payments",
    "recipient": "acquirer-sg",
    "country": "SG",
    "records": 1,
}
EXAMPLE: dict[str, Any] = REQUEST | {
    "id": "trm-1",
    "status": "accepted",
    "announced_at": "2023-06-01T08:00:00Z",
    "decided_at": "2023-06-01T08:00:00Z",
    "reason": None,
    "closed_at": None,
}
CLOSING: dict[str, Any] = {
    "outcome": "completed",
    "records": 1,
    "bytes": 412,
    "payloads": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
}


def _announce(call: Call, request: TransmissionRequest) -> Outcome:
    id = call.state.next_id("trm")
    outcome = transmission.announce(call.state, call.platform, request, call.now)
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: views.transmission(call.state.transmissions[id]))


def _read(call: Call, _: None) -> Outcome:
    held = call.state.transmissions.get(call.path["id"])
    if held is None or held.platform != call.platform:
        return not_found("transmission", call.path["id"])
    return Taken((), lambda: views.transmission(held))


def _list(call: Call, _: None) -> Outcome:
    own = [held for held in call.state.transmissions.values() if held.platform == call.platform]
    shown, cursor = page_of(own, call.page)
    items = tuple(map(views.transmission, shown))
    return Taken((), lambda: TransmissionList(items=items, next_cursor=cursor))


def _close(call: Call, request: ClosingRequest) -> Outcome:
    id = call.path["id"]
    outcome = transmission.close(call.state, call.platform, id, request, call.now)
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: views.transmission(call.state.transmissions[id]))


TRANSMISSIONS = Resource(
    id="transmissions",
    title="Announcing and closing what leaves",
    operations=(
        Operation(
            id="announce",
            method="POST",
            path="/transmissions",
            title="Announce a transmission; only `accepted` permits sending",
            body=JsonMessage(TransmissionRequest, REQUEST),
            answers=Transmission,
            example=EXAMPLE,
            status=201,
            ask=_announce,
            idempotency="required",
            needs_confirmed_callback=True,
            refuses=(
                "authorization_unknown",
                "authorization_stale",
                "authorization_revoked",
                "authorization_expired",
                "authorization_not_yet_valid",
                "authorization_suspended",
                "authorization_stopped",
                "recipient_mismatch",
                "country_mismatch",
                "purpose_mismatch",
                "category_outside",
                "category_unknown",
                "category_forbidden",
                "quota_exceeded",
            ),
            links={"read_transmission": "id", "feed": {}, "close": "id"},
        ),
        Operation(
            id="list_transmissions",
            method="GET",
            path="/transmissions",
            title="List the own transmissions, oldest first",
            answers=TransmissionList,
            example={"items": [EXAMPLE], "next_cursor": None},
            ask=_list,
            lists="pages",
        ),
        Operation(
            id="read_transmission",
            method="GET",
            path="/transmissions/{id}",
            title="Read a transmission and what was decided",
            answers=Transmission,
            example=EXAMPLE,
            ask=_read,
            refuses=("not_found",),
            links={"close": "id"},
        ),
        Operation(
            id="close",
            method="POST",
            path="/transmissions/{id}/closing",
            title="Close a transmission with its totals; taken also while the export is halted",
            body=JsonMessage(ClosingRequest, CLOSING),
            answers=Transmission,
            example=EXAMPLE | {"status": "closed", "closed_at": "2023-06-01T08:00:02Z"},
            ask=_close,
            changes="read_transmission",
            idempotency="required",
            needs_confirmed_callback=True,
            refuses=("not_found", "transmission_closed", "transmission_not_accepted"),
            links={"read_transmission": "id", "record_lineage": {}},
        ),
    ),
)
