"""A regulator that acts on its own in long runs, by chance from the seed: set, read and stop it."""

from datetime import UTC
from typing import Annotated

from pydantic import Field

from simulator.control.clock import LATEST
from simulator.control.problems import Refused
from simulator.control.resource import Resource
from simulator.control.site import Here
from simulator.control.telling import put
from simulator.messages.base import Message, Time
from simulator.regulator.lifecycle import script
from simulator.regulator.lifecycle.script import Script, Terms
from simulator.world import Site

router = Resource(prefix="/sandboxes/{sandbox}/script", tags=["script"])

PerDay = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class ScriptRequest(Message):
    """Body of `PUT /script`: how often a working day on average; working hours are 9 to 18 o'clock
    in China."""

    samples_per_day: PerDay = 0.0
    inspections_per_day: PerDay = 0.0
    stops_per_day: PerDay = 0.0
    suspensions_per_day: PerDay = 0.0
    sample_size: Annotated[int, Field(ge=1, le=100)] = 3
    lifted_after_s: Annotated[float, Field(ge=0, le=366 * 86_400, allow_inf_nan=False)] = 86_400.0
    """Sandbox time until a stop, a suspension or an inspection is ended again."""
    until: Annotated[Time, Field(lt=LATEST)] | None = None
    """`null` acts as long as the calendar of working days reaches."""


class Arrival(Message):
    """When the script acts next in one way."""

    order: str
    number: int
    at: Time | None


class ScriptState(ScriptRequest):
    """A script and where it stands."""

    id: str
    status: str
    """`running` or `ended`."""
    set_at: Time
    next: tuple[Arrival, ...]
    ended_because: str | None


@router.put("", operation_id="set_script")
async def change(here: Here, request: ScriptRequest) -> ScriptState:
    """From now on; a script that runs is replaced."""
    await begin(here, request)
    return _newest(here)


async def begin(here: Site, request: ScriptRequest) -> None:
    """Has the regulator act by this script."""
    said = request.model_dump()
    if request.until is not None:
        said["until"] = request.until.astimezone(UTC)
    events = script.begin(here.office.state, Terms(**said), here.sandbox.clock.now())
    await put(here, "script", events)


@router.get("", operation_id="read_script")
async def read(here: Here) -> ScriptState:
    """The script set last."""
    return _newest(here)


@router.delete("", operation_id="stop_script")
async def stop(here: Here) -> ScriptState:
    """It acts no more. What it ordered stands until its own time."""
    _newest(here)
    await put(here, "stop script", script.stop(here.office.state, here.sandbox.clock.now()))
    return _newest(here)


def _newest(here: Here) -> ScriptState:
    scripts = list(here.office.state.scripts.values())
    if not scripts:
        raise Refused.at(
            "script_unknown",
            "path:sandbox",
            here.sandbox.id,
            "have a script",
            detail="there is none yet: PUT /script sets one",
        )
    return _told(scripts[-1])


def _told(held: Script) -> ScriptState:
    terms = held.terms
    return ScriptState(
        id=held.id,
        status=held.status,
        set_at=held.set.at,
        next=tuple(
            Arrival(order=arrival.kind, number=arrival.number, at=arrival.at)
            for arrival in held.arrivals.values()
            if held.status == "running"
        ),
        ended_because=None if held.ended is None else held.ended.reason,
        samples_per_day=terms.samples_per_day,
        inspections_per_day=terms.inspections_per_day,
        stops_per_day=terms.stops_per_day,
        suspensions_per_day=terms.suspensions_per_day,
        sample_size=terms.sample_size,
        lifted_after_s=terms.lifted_after_s,
        until=terms.until,
    )
