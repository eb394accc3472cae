"""What the monitoring noticed while data was leaving, and what the platform says to it."""

from typing import Any

from simulator.messages.alert import Alert, AlertList, ExplanationRequest
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken, page_of
from simulator.regulator.lifecycle import alert
from simulator.regulator.limits import STREAMS
from simulator.regulator.reading import JsonMessage
from simulator.regulator.refusal import Refusal, not_found, refuse_plainly

RETRY_AFTER_S = 5.0
"""A stream may end any moment."""

EXAMPLE: dict[str, Any] = {
    "id": "alr-1",
    "rule": "sequence_gap",
    "transmission": "trm-1",
    "authorization": "aut-1",
    "detail": "sequence 2 is missing before 3",
    "raised_at": "2023-06-01T08:00:01Z",
    "status": "raised",
    "explanation": None,
    "acknowledged_at": None,
    "reason": None,
    "ended_at": None,
}
EXPLANATION = {"explanation": "The second event was lost on the way and has been sent again."}


def _list(call: Call, _: None) -> Outcome:
    own = [raised for raised in call.state.alerts.values() if raised.platform == call.platform]
    shown, cursor = page_of(own, call.page)
    items = tuple(map(views.alert, shown))
    return Taken((), lambda: AlertList(items=items, next_cursor=cursor))


def _watch(call: Call, _: None) -> Outcome:
    open = call.streams_of(call.platform)
    if open >= STREAMS.value:
        detail = f"{open} streams are open, and that is the most; end one of them first"
        return refuse_plainly("streams_too_many", detail, open, retry_after_s=RETRY_AFTER_S)
    return Taken((), lambda: None)


def _read(call: Call, _: None) -> Outcome:
    held = call.state.alerts.get(call.path["id"])
    if held is None or held.platform != call.platform:
        return not_found("alert", call.path["id"])
    return Taken((), lambda: views.alert(held))


def _explain(call: Call, request: ExplanationRequest) -> Outcome:
    id = call.path["id"]
    outcome = alert.acknowledge(call.state, call.platform, id, request.explanation, call.now)
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: views.alert(call.state.alerts[id]))


ALERTS = Resource(
    id="alerts",
    title="What the monitoring noticed",
    operations=(
        Operation(
            id="list_alerts",
            method="GET",
            path="/alerts",
            title="List the alerts that the own data raised, oldest first",
            answers=AlertList,
            example={"items": [EXAMPLE], "next_cursor": None},
            ask=_list,
            lists="pages",
        ),
        Operation(
            id="watch_alerts",
            method="GET",
            path="/alerts/stream",
            title="Be told of alerts as they are raised, and of what becomes of them",
            answers=Alert,
            example=EXAMPLE,
            ask=_watch,
            lists="alerts",
            is_stream=True,
            is_volatile=True,
            refuses=("streams_too_many",),
        ),
        Operation(
            id="read_alert",
            method="GET",
            path="/alerts/{id}",
            title="Read an alert and what became of it",
            answers=Alert,
            example=EXAMPLE,
            ask=_read,
            refuses=("not_found",),
        ),
        Operation(
            id="explain_alert",
            method="POST",
            path="/alerts/{id}/acknowledgement",
            title="Acknowledge an alert with an explanation; a newer one replaces it",
            body=JsonMessage(ExplanationRequest, EXPLANATION),
            answers=Alert,
            example=EXAMPLE
            | EXPLANATION
            | {"status": "acknowledged", "acknowledged_at": "2023-06-01T09:00:00Z"},
            ask=_explain,
            idempotency="optional",
            refuses=("not_found", "alert_ended"),
        ),
    ),
)
