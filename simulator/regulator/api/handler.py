"""What the platform says of itself as a handler of data: it decides beside the counts."""

from typing import Any

from simulator.messages.headcount import Handler, HandlerRequest
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken
from simulator.regulator.lifecycle import headcount
from simulator.regulator.reading import JsonMessage
from simulator.regulator.refusal import Refusal
from simulator.regulator.state import RegulatorState

REQUEST: dict[str, Any] = {
    "handled_persons": 400000,
    "critical_operator": False,
    "important_data": False,
}
EXAMPLE: dict[str, Any] = REQUEST | {"described_at": "2023-06-01T00:00:00Z"}


def _describe(call: Call, request: HandlerRequest) -> Outcome:
    outcome = headcount.describe(call.state, call.platform, request, call.now)
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: _told(call.state, call.platform))


def _read(call: Call, _: None) -> Outcome:
    return Taken((), lambda: _told(call.state, call.platform))


def _told(state: RegulatorState, platform: str) -> Handler:
    held = state.handlers.get(platform)
    if held is None:
        return Handler(described_at=None)
    return Handler(
        handled_persons=held.handled_persons,
        critical_operator=held.critical_operator,
        important_data=held.important_data,
        described_at=held.at,
    )


HANDLER = Resource(
    id="handler",
    title="The handler of the data",
    operations=(
        Operation(
            id="describe_handler",
            method="PUT",
            path="/handler",
            title="Say how many persons are handled, and what else decides beside the counts",
            body=JsonMessage(HandlerRequest, REQUEST),
            answers=Handler,
            example=EXAMPLE,
            ask=_describe,
            changes="read_handler",
            idempotency="optional",
            needs_confirmed_callback=True,
        ),
        Operation(
            id="read_handler",
            method="GET",
            path="/handler",
            title="Read what was said",
            answers=Handler,
            example=EXAMPLE,
            ask=_read,
        ),
    ),
)
