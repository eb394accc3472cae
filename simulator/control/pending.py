"""Everything that waits: for its time, or for a tester's hand."""

from datetime import datetime

from simulator.control.clock import LATEST, Ahead, ahead_of
from simulator.control.resource import Resource
from simulator.control.site import Here
from simulator.messages.base import Message
from simulator.regulator.lifecycle import timers
from simulator.regulator.lifecycle.case import Case

router = Resource(prefix="/sandboxes/{sandbox}/pending", tags=["clock"])


class Unanswered(Message):
    """A sample that the platform has to answer before a wall time."""

    inspection: str
    answer_by: datetime


class Pending(Message):
    """What is to come, in order, and what only a tester brings on."""

    ahead: tuple[Ahead, ...]
    by_hand: tuple[str, ...]
    """Ids of what waits for a decision, a release or a word."""
    unanswered: tuple[Unanswered, ...]


@router.get("", operation_id="read_pending")
async def read(here: Here) -> Pending:
    """What the clock will bring, as it stands now; what happens on the way may change it."""
    state = here.office.state
    waiting = {**state.undecided, **state.pending_orders, **_deadlines(here.office.state.cases)}
    return Pending(
        ahead=tuple(ahead_of(due) for due in timers.due(state, LATEST)),
        by_hand=tuple(id for id, at in waiting.items() if at is None),
        unanswered=tuple(
            Unanswered(inspection=id, answer_by=answer_by)
            for id, answer_by in state.unanswered.items()
        ),
    )


def _deadlines(cases: dict[str, Case]) -> dict[str, datetime | None]:
    """Cases whose deadline has passed and that have not failed."""
    return {
        held.id: held.reached.fail_at
        for held in cases.values()
        if held.reached is not None and not held.closed
    }
