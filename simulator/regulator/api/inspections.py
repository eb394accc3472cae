"""A random sample of the day: read what the regulator asks for, and answer it in time."""

from typing import Any

from simulator.messages.inspection import Inspection, InspectionList, SampleAnswerRequest
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken, page_of
from simulator.regulator.api.lineage import ENTRY
from simulator.regulator.lifecycle import inspection
from simulator.regulator.reading import JsonMessage
from simulator.regulator.refusal import Refusal, not_found

EXAMPLE: dict[str, Any] = {
    "id": "ins-1",
    "status": "requested",
    "day": "2023-06-01",
    "reason": "a sample of the day",
    "payloads": [ENTRY["payload"]],
    "requested_at": "2023-06-01T08:05:00Z",
    "answer_by": "2026-03-02T09:31:00Z",
    "ended_at": None,
    "mistakes": [],
    "mistakes_left_out": 0,
}


def _list(call: Call, _: None) -> Outcome:
    own = [held for held in call.state.inspections.values() if held.platform == call.platform]
    shown, cursor = page_of(own, call.page)
    items = tuple(map(views.inspection, shown))
    return Taken((), lambda: InspectionList(items=items, next_cursor=cursor))


def _read(call: Call, _: None) -> Outcome:
    held = call.state.inspections.get(call.path["id"])
    if held is None or held.platform != call.platform:
        return not_found("inspection", call.path["id"])
    return Taken((), lambda: views.inspection(held))


def _answer(call: Call, request: SampleAnswerRequest) -> Outcome:
    id = call.path["id"]
    outcome = inspection.answer(call.state, call.platform, id, request, call.now)
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: views.inspection(call.state.inspections[id]))


INSPECTIONS = Resource(
    id="inspections",
    title="A random sample of what left on a day",
    operations=(
        Operation(
            id="list_inspections",
            method="GET",
            path="/inspections",
            title="List the samples that the regulator asked for, oldest first",
            answers=InspectionList,
            example={"items": [EXAMPLE], "next_cursor": None},
            ask=_list,
            lists="pages",
        ),
        Operation(
            id="read_inspection",
            method="GET",
            path="/inspections/{id}",
            title="Read which payloads were drawn, and what became of the answer",
            answers=Inspection,
            example=EXAMPLE,
            ask=_read,
            refuses=("not_found",),
        ),
        Operation(
            id="answer_sample",
            method="POST",
            path="/inspections/{id}/answers",
            title="Answer once, with the origin of every record of every payload drawn",
            body=JsonMessage(SampleAnswerRequest, {"items": [ENTRY]}),
            answers=Inspection,
            example=EXAMPLE | {"status": "right", "ended_at": "2023-06-01T08:05:30Z"},
            ask=_answer,
            idempotency="required",
            refuses=("not_found", "sample_closed", "sample_outside"),
        ),
    ),
)
