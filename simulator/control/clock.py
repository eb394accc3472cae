"""The sandbox's clock: read it, set its rate, or go forward and let everything happen that is due
on the way."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from simulator.control.problems import Refused
from simulator.control.resource import Resource
from simulator.control.site import Here
from simulator.control.telling import as_json
from simulator.journal.entry import Entry
from simulator.journal.events import Event
from simulator.journal.events.notice import NoticeIssued
from simulator.journal.records import ClockMoved, Decided, Delivery
from simulator.messages.base import Message, Time
from simulator.regulator.lifecycle import timers
from simulator.regulator.lifecycle.timers import Due
from simulator.world import Site

router = Resource(prefix="/sandboxes/{sandbox}/clock", tags=["clock"])

ADVANCE_S_MAX = 100 * 366 * 86_400
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
RATE_MAX = 1_000_000
WAIT_S_MAX = 60.0


class ClockState(Message):
    """Both times of the sandbox, now."""

    now: Time
    wall: Time
    rate: float


class RateRequest(Message):
    """Body of `PUT /clock`: seconds of sandbox time for each second of wall time.

    1440 is a day a minute; 0 stands still but for `advance`.
    """

    rate: Annotated[float, Field(ge=0, le=RATE_MAX, allow_inf_nan=False)]


class AdvanceRequest(Message):
    """Body of `POST /clock/advance`: how far, to when, or to the next thing that is due."""

    by_s: Annotated[float, Field(ge=0, le=ADVANCE_S_MAX, allow_inf_nan=False)] | None = None
    to: Annotated[Time, Field(lt=LATEST)] | None = None
    to_next: bool | None = None
    wait_s: Annotated[float, Field(ge=0, le=WAIT_S_MAX, allow_inf_nan=False)] = 5.0
    """Wall time that all deliveries of notices on the way may take together."""

    @model_validator(mode="after")
    def one_of_them(self) -> Self:
        """Either says it all; two could contradict each other."""
        if [self.by_s, self.to, self.to_next or None].count(None) != 2:
            raise ValueError("give by_s or to or to_next, and only one of them")
        return self


class Happened(Message):
    """Something that fell due on the way, or one attempt to deliver a notice, and the events that
    it came to."""

    at: Time
    by: str
    """`timer`, `policy`, `tester` or `courier`."""
    command: str
    events: tuple[dict[str, Any], ...]


class Ahead(Message):
    """Something that waits for its time."""

    at: Time
    command: str
    subject: str


class AdvanceAnswer(Message):
    """What happened, in order, and the time that it is now."""

    happened: tuple[Happened, ...]
    now: Time
    reached: tuple[Ahead, ...] = ()
    """With `to_next`: what was next, several where they share their time."""
    detail: str | None = None
    """Why the clock stood still; `None` where it moved as asked."""
    waiting: tuple[str, ...] = ()
    """Notices of the way whose delivery was still under way when `wait_s` was over."""
    given_up: tuple[str, ...] = ()
    """Notices of the way that the platform's callback did not take."""


@router.get("", operation_id="read_clock")
async def read(here: Here) -> ClockState:
    """What time it is in the sandbox."""
    clock = here.sandbox.clock
    wall = clock.wall()
    return ClockState(now=clock.at(wall), wall=wall, rate=clock.rate)


@router.put("", operation_id="set_clock_rate")
async def change(here: Here, request: RateRequest) -> ClockState:
    """The clock runs at this rate from now on, also after a restart; a reset brings back the rate
    that the sandbox was created with."""
    await here.office.run_timers()
    here.sandbox.clock.run_at(request.rate)
    now = here.sandbox.clock.now()
    await here.sandbox.write(ClockMoved(now, now, rate=request.rate))
    return await read(here)


@router.post("/advance", operation_id="advance_clock")
async def advance(here: Here, request: AdvanceRequest) -> AdvanceAnswer:
    """Every deadline, expiry and decision on the way happens at its own time, in order, and its
    notices are brought or given up, before this is answered."""
    now = here.sandbox.clock.now()
    if request.to is not None and request.to < now:
        must = f"not be before {now.isoformat()}, the sandbox's time"
        raise Refused.invalid("/to", request.to.isoformat(), must)
    reached = _next(here) if request.to_next else []
    if request.to_next and not reached:
        return AdvanceAnswer(
            happened=(), now=now, detail="nothing is pending, so there is no next time to go to"
        )
    target = reached[0].at if reached else request.to or now + timedelta(seconds=request.by_s or 0)
    if target >= LATEST:
        must = f"end before {LATEST.isoformat()}"
        raise Refused.invalid("/by_s", request.by_s, must)
    resting = set(here.office.beyond_calendar)
    way = await go_to(here, target.astimezone(UTC), wait_s=request.wait_s)
    for due in here.office.beyond_calendar.keys() - resting:
        detail = f"{due.command} {due.subject}: {here.office.beyond_calendar[due]}"
        must = "need no working days beyond the calendar"
        value = f"{due.command} {due.subject}"
        raise Refused.at("calendar_exhausted", "", value, must, detail=detail)
    waiting, given_up = way.undelivered(here)
    return AdvanceAnswer(
        happened=tuple(way.happened),
        now=here.sandbox.clock.now(),
        reached=tuple(ahead_of(due) for due in reached),
        waiting=waiting,
        given_up=given_up,
    )


def ahead_of(due: Due) -> Ahead:
    """What is due, as a tester reads it."""
    return Ahead(at=due.at, command=due.command, subject=due.subject)


@dataclass(slots=True)
class Way:
    """What happens while the clock moves."""

    wait_s_left: float
    happened: list[Happened] = field(default_factory=list)
    issued: list[NoticeIssued] = field(default_factory=list)
    settled: bool = True
    """Whether every delivery had come to its end when it was last looked."""

    def see(self, entry: Entry) -> None:
        """Keeps what the regulator decided and what the courier brought."""
        match entry.record:
            case Decided(by, command, events, due_at):
                self._keep(due_at or entry.sandbox_at, by, command, events)
            case Delivery() as tried:
                command = f"deliver {tried.notice}, attempt {tried.attempt}: {tried.status}"
                self._keep(entry.sandbox_at, "courier", command, tried.events)

    def _keep(self, at: datetime, by: str, command: str, events: tuple[Event, ...]) -> None:
        self.happened.append(Happened(at=at, by=by, command=command, events=as_json(events)))
        self.issued += [event for event in events if isinstance(event, NoticeIssued)]

    def undelivered(self, site: Site) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Notices that are still brought, and those that the callback did not take."""
        state = site.office.state
        left = tuple(
            issued.id
            for issued in self.issued
            if issued.id in state.unacknowledged
            and state.registrations[issued.platform].registered.callback_url is not None
        )
        return ((), left) if self.settled else (left, ())


async def go_to(site: Site, target: datetime, *, wait_s: float) -> Way:
    """Moves the clock to `target`, from one due time to the next."""
    way = Way(wait_s_left=wait_s)
    with site.sandbox.watching(way.see):
        reached = site.sandbox.clock.now()
        await _run_what_is_due(site, way)
        while ahead := [
            due.at for due in timers.due(site.office.state, target) if due.at > reached
        ]:
            reached = min(ahead)
            _move(site, reached)
            await _run_what_is_due(site, way)
        await site.sandbox.durable(_move(site, target))
    return way


def _next(site: Site) -> list[Due]:
    """What is due next, all of it that shares one time."""
    resting = site.office.beyond_calendar
    ahead = [due for due in timers.due(site.office.state, LATEST) if due not in resting]
    return [due for due in ahead if due.at == ahead[0].at]


def _move(site: Site, target: datetime) -> Entry:
    """One step of the clock; time that passed by itself meanwhile is not taken back."""
    clock = site.sandbox.clock
    before = after = clock.now()
    with suppress(ValueError):  # Time has passed `target` by itself.
        clock.advance_to(target)
        after = target
    return site.sandbox.append(ClockMoved(before, after))


async def _run_what_is_due(site: Site, way: Way) -> None:
    """Until nothing is due and nothing is on its way to the platform, or the patience is over."""
    await site.office.run_timers()
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(way.wait_s_left):
            await site.office.courier.settled()
        way.settled = True
    except TimeoutError:
        way.settled = False
    way.wait_s_left = max(0.0, way.wait_s_left - (loop.time() - began))
