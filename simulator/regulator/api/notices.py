"""What the regulator tells the platform, for those who ask: in order, acknowledged one by one."""

from typing import Any

from simulator.messages.notice import Acknowledgement, DeliveryList, NoticeList, NoticeStanding
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken, cursor_of
from simulator.regulator.courier import source_of
from simulator.regulator.lifecycle import notice
from simulator.regulator.refusal import Refusal, not_found

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

DEAD: dict[str, Any] = {
    "id": "ntc-1",
    "status": "dead",
    "attempts": 8,
    "overdue_at": "2023-06-02T10:00:10Z",
    "reason": "not acknowledged by attempt 8: the callback answered 503",
    "acknowledged_at": None,
}
ATTEMPT: dict[str, Any] = {
    "attempt": 1,
    "sent_at": "2026-03-02T09:30:00Z",
    "answered_at": "2026-03-02T09:30:00.018Z",
    "status": 503,
    "error": None,
    "fault": None,
    "forged": False,
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


def _deliveries(call: Call, _: None) -> Outcome:
    id = call.path["id"]
    held = call.state.notices.get(id)
    if held is None or held.platform != call.platform:
        return not_found("notice", id)
    made = call.deliveries_of(id)
    first, last = call.page.cursor, call.page.cursor + call.page.limit
    answer = DeliveryList(
        notice=views.standing_of(held, len(made)),
        items=tuple(map(views.attempt, made[first:last])),
        next_cursor=cursor_of(call.page, last) if last < len(made) else None,
    )
    return Taken((), lambda: answer)


def _redeliver(call: Call, _: None) -> Outcome:
    id = call.path["id"]
    outcome = notice.redeliver(call.state, call.platform, id, "platform", call.now)
    if isinstance(outcome, Refusal):
        return outcome
    attempts = len(call.deliveries_of(id))
    return Taken(outcome, lambda: views.standing_of(call.state.notices[id], attempts))


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
        Operation(
            id="list_deliveries",
            method="GET",
            path="/notices/{id}/deliveries",
            title="Read what has become of a notice, and every attempt to bring it",
            answers=DeliveryList,
            example={"notice": DEAD, "items": [ATTEMPT], "next_cursor": "1"},
            ask=_deliveries,
            lists="pages",
            refuses=("not_found",),
        ),
        Operation(
            id="redeliver",
            method="POST",
            path="/notices/{id}/redelivery",
            title="Have a notice that was given up brought again, in a new round of attempts",
            answers=NoticeStanding,
            example=DEAD | {"status": "redelivering", "reason": None},
            ask=_redeliver,
            idempotency="optional",
            refuses=(
                "not_found",
                "callback_missing",
                "notice_acknowledged",
                "delivery_under_way",
            ),
        ),
    ),
)
