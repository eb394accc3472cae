"""After data has left: which payload carried which record, and where the record came from."""

from typing import Any

from simulator.messages.lineage import LineageAnswer, LineageList, LineageRequest
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken, cursor_of
from simulator.regulator.lifecycle import lineage
from simulator.regulator.reading import JsonMessage
from simulator.regulator.refusal import Refusal, not_found

ENTRY: dict[str, Any] = {
    "payload": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "source": "pay-000001",
    "rule_version": "desensitise-1",
    "transmission": "trm-1",
    "recipient": "acquirer-sg",
    "country": "SG",
    "categories": ["M01", "M02", "M03"],
    "sent_at": "2023-06-01T08:00:01Z",
}


def _record(call: Call, request: LineageRequest) -> Outcome:
    outcome = lineage.record(call.state, call.platform, request, call.now)
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: LineageAnswer(recorded=len(request.items)))


def _read(call: Call, _: None) -> Outcome:
    found = call.state.lineage.get((call.platform, call.path["digest"]), ())
    if not found:
        return not_found("lineage of a payload", call.path["digest"], "path:digest")
    last = call.page.cursor + call.page.limit
    cursor = cursor_of(call.page, last) if last < len(found) else None
    shown = found[call.page.cursor : last]
    return Taken((), lambda: views.lineage(shown, next_cursor=cursor))


LINEAGE = Resource(
    id="lineage",
    title="Tracing what has left",
    operations=(
        Operation(
            id="record_lineage",
            method="POST",
            path="/lineage",
            title="Record where the records of payloads came from",
            body=JsonMessage(LineageRequest, {"items": [ENTRY]}),
            answers=LineageAnswer,
            example={"recorded": 1},
            ask=_record,
            idempotency="required",
            needs_confirmed_callback=True,
            refuses=(
                "transmission_unknown",
                "transmission_not_accepted",
                "recipient_mismatch",
                "country_mismatch",
                "category_unknown",
            ),
            links={"read_lineage": {"digest": "$request.body#/items/0/payload"}},
        ),
        Operation(
            id="read_lineage",
            method="GET",
            path="/lineage/{digest}",
            title="Read the lineage of every record that a payload carried",
            answers=LineageList,
            example={"items": [ENTRY], "next_cursor": None},
            ask=_read,
            lists="records",
            refuses=("not_found",),
        ),
    ),
)
