"""The sandbox's clock: read it, or go forward and let everything happen that is due on the way."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self

from fastapi import APIRouter
from pydantic import Field, model_validator

from simulator.control.problems import Refused
from simulator.control.site import Here
from simulator.control.telling import as_json
from simulator.journal.entry import Entry
from simulator.journal.records import ClockMoved
from simulator.messages.base import Message, Time
from simulator.regulator.lifecycle import timers
from simulator.world import Site

router = APIRouter(prefix="/sandboxes/{sandbox}/clock", tags=["clock"])

ADVANCE_S_MAX = 100 * 366 * 86_400
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class ClockState(Message):
    """Both times of the sandbox, now."""

    now: Time
    wall: Time
    rate: float


class AdvanceRequest(Message):
    """Body of `POST /clock/advance`: how far, or to when."""

    by_s: Annotated[float, Field(ge=0, le=ADVANCE_S_MAX, allow_inf_nan=False)] | None = None
    to: Annotated[Time, Field(lt=LATEST)] | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        """Either says it all; both could contradict each other."""
        if (self.by_s is None) == (self.to is None):
            raise ValueError("give by_s or to, and not both")
        return self


class Happened(Message):
    """Something that fell due on the way, and the events that it came to."""

    at: Time
    command: str
    events: tuple[dict[str, Any], ...]


class AdvanceAnswer(Message):
    """What happened, in order, and the time that it is now."""

    happened: tuple[Happened, ...]
    now: Time


@router.get("", operation_id="read_clock")
async def read(here: Here) -> ClockState:
    """What time it is in the sandbox."""
    clock = here.sandbox.clock
    wall = clock.wall()
    return ClockState(now=clock.at(wall), wall=wall, rate=clock.rate)


@router.post("/advance", operation_id="advance_clock")
async def advance(here: Here, request: AdvanceRequest) -> AdvanceAnswer:
    """Every deadline, expiry and decision on the way happens at its own time, in order, before this
    is answered."""
    now = here.sandbox.clock.now()
    if request.to is not None and request.to < now:
        must = f"not be before {now.isoformat()}, the sandbox's time"
        raise Refused.invalid("/to", request.to.isoformat(), must)
    target = request.to or now + timedelta(seconds=request.by_s or 0)
    happened = await go_to(here, target.astimezone(UTC))
    return AdvanceAnswer(happened=tuple(happened), now=here.sandbox.clock.now())


async def go_to(site: Site, target: datetime) -> list[Happened]:
    """Moves the clock to `target`, from one due time to the next; what happened, in order."""
    happened = await _run_what_is_due(site)
    reached = site.sandbox.clock.now()
    while ahead := [due.at for due in timers.due(site.office.state, target) if due.at > reached]:
        reached = min(ahead)
        _move(site, reached)
        happened += await _run_what_is_due(site)
    await site.sandbox.durable(_move(site, target))
    return happened


def _move(site: Site, target: datetime) -> Entry:
    """One step of the clock; time that passed by itself meanwhile is not taken back."""
    clock = site.sandbox.clock
    before = after = clock.now()
    with suppress(ValueError):  # Time has passed `target` by itself.
        clock.advance_to(target)
        after = target
    return site.sandbox.append(ClockMoved(before, after))


async def _run_what_is_due(site: Site) -> list[Happened]:
    decided = await site.office.run_timers()
    now = site.sandbox.clock.now()
    return [Happened(at=now, command=one.command, events=as_json(one.events)) for one in decided]
