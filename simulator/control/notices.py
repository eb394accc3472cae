"""Notices from the tester's side: what has become of each, every attempt to bring it, and another
round for a dead letter."""

from typing import Annotated

from fastapi import Path, Query

from simulator.control.resource import Resource
from simulator.control.site import Here
from simulator.control.telling import Told, put
from simulator.messages.base import Message
from simulator.messages.notice import DeliveryAttempt, NoticeStanding, NoticeStatus
from simulator.regulator import views
from simulator.regulator.lifecycle import notice

router = Resource(prefix="/sandboxes/{sandbox}", tags=["notices"])

Cursor = Annotated[int, Query(ge=0, le=10**15)]
Limit = Annotated[int, Query(ge=1, le=1_000)]


class NoticeAtAGlance(NoticeStanding):
    """A notice as a tester sees it."""

    platform: str
    sequence: int
    type: str
    subject: str


class NoticesAtAGlance(Message):
    """A page of notices, in the order of their issue."""

    items: tuple[NoticeAtAGlance, ...]
    next_cursor: str | None = None


class Attempted(DeliveryAttempt):
    """One attempt, with the id of what was to be brought; challenges are called
    `challenge:<registration>`."""

    notice: str
    url: str


class AttemptList(Message):
    """A page of attempts, in the order of the journal."""

    items: tuple[Attempted, ...]
    next_cursor: str | None = None


@router.get("/notices", operation_id="list_notices_at_a_glance")
async def read(
    here: Here, status: NoticeStatus | None = None, cursor: Cursor = 0, limit: Limit = 100
) -> NoticesAtAGlance:
    """What has become of the notices; with `status`, of those alone that have it."""
    held = [
        one for one in here.office.state.notices.values() if status is None or one.status == status
    ]
    items = tuple(_at_a_glance(here, one) for one in held[cursor : cursor + limit])
    return NoticesAtAGlance(items=items, next_cursor=_next(cursor, limit, len(held)))


@router.get("/deliveries", operation_id="list_attempts")
async def deliveries(
    here: Here,
    notice: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Cursor = 0,
    limit: Limit = 100,
) -> AttemptList:
    """Every attempt to bring anything to any callback; with `notice`, to bring that."""
    log = here.office.courier.log
    made = log.all() if notice is None else log.of(notice)
    items = tuple(
        Attempted(
            notice=one.notice,
            url=one.url,
            **views.attempt(one).model_dump(),
        )
        for one in made[cursor : cursor + limit]
    )
    return AttemptList(items=items, next_cursor=_next(cursor, limit, len(made)))


@router.post("/notices/{id}/redelivery", operation_id="redeliver_notice")
async def redeliver(here: Here, id: Annotated[str, Path(max_length=100)]) -> Told:
    """A notice that was given up gets a new round of attempts."""
    now = here.sandbox.clock.now()
    outcome = notice.redeliver(here.office.state, None, id, "tester", now)
    return await put(here, f"redeliver {id}", outcome)


def _at_a_glance(here: Here, held: notice.Notice) -> NoticeAtAGlance:
    attempts = here.office.courier.log.attempts(held.id)
    return NoticeAtAGlance(
        platform=held.platform,
        sequence=held.issued.sequence,
        type=held.issued.type,
        subject=held.issued.subject,
        **views.standing_of(held, attempts).model_dump(),
    )


def _next(cursor: int, limit: int, of: int) -> str | None:
    return str(cursor + limit) if cursor + limit < of else None
