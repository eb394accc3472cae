"""What the regulator tells the platform, for those who ask: in order, acknowledged one by one."""

from typing import Any

from simulator.messages.notice import Acknowledgement, NoticeList
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken
from simulator.regulator.courier import source_of
from simulator.regulator.lifecycle import notice
from simulator.regulator.refusal import Refusal

EXAMPLE: dict[str, Any] = {
    "specversion": "1.0",
    "id": "ntc-1",
    "source": "/demo/v1",
    "type": "export.stopped",
    "subject": "reg-1",
    "time": "2023-06-02T10:00:00Z",
    "sequence": 1,
    "data": {"authorization": None},
}


def _list(call: Call, _: None) -> Outcome:
    ids = call.state.notices_of(call.platform)
    first, last = call.page.cursor, call.page.cursor + call.page.limit
    source = source_of(call.sandbox)
    items = tuple(views.notice(call.state.notices[id], source=source) for id in ids[first:last])
    cursor = str(last) if last < len(ids) else None
    return Taken((), lambda: NoticeList(items=items, next_cursor=cursor))


def _acknowledge(call: Call, _: None) -> Outcome:
    id = call.path["id"]
    outcome = notice.acknowledge(call.state, call.platform, id, "interface", call.now)
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: views.acknowledgement(call.state.notices[id]))


NOTICES = Resource(
    id="notices",
    title="What the regulator tells the platform",
    operations=(
        Operation(
            id="list_notices",
            method="GET",
            path="/notices",
            title="Read at most 100 notices after a sequence number, oldest first",
            answers=NoticeList,
            example={"items": [EXAMPLE], "next_cursor": None},
            ask=_list,
            lists="notices",
            links={"acknowledge": {"id": "$response.body#/items/0/id"}},
        ),
        Operation(
            id="acknowledge",
            method="POST",
            path="/notices/{id}/acknowledgement",
            title="Acknowledge a notice; doing it again changes nothing",
            answers=Acknowledgement,
            example={"id": "ntc-1", "acknowledged_at": "2023-06-02T10:00:01Z"},
            ask=_acknowledge,
            idempotency="optional",
            refuses=("not_found",),
        ),
    ),
)
