"""A regulator that acts on its own in long runs: so often a working day on average, by chance.

Each kind of order arrives on its own, as a Poisson process over the working hours of working days.
Every arrival follows from the sandbox's seed, the script, the kind and the number of the arrival,
and from nothing else, so that the same seed gives the same decisions. What was drawn is recorded.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

from simulator.journal.events import Event
from simulator.journal.events.planned_order import OrderTerms
from simulator.journal.events.script import (
    ScriptArrival,
    ScriptEnded,
    ScriptEvent,
    ScriptSet,
    ScriptStepped,
)
from simulator.law.working_days import BeyondCalendar, add_working_time
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.keeping import Keeping, Timer
from simulator.regulator.lifecycle.moment import Moment
from simulator.regulator.lifecycle.planned_order import plan
from simulator.regulator.refusal import Refusal, refuse

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState


@dataclass(frozen=True, slots=True)
class Terms:
    """How often a script acts a working day on average, and for how long."""

    samples_per_day: float = 0.0
    inspections_per_day: float = 0.0
    stops_per_day: float = 0.0
    suspensions_per_day: float = 0.0
    sample_size: int = 3
    lifted_after_s: float = 86_400.0
    """Sandbox time until a stop, a suspension or an inspection is ended again."""
    until: datetime | None = None

    def per_day(self) -> dict[str, float]:
        """By the order that is given."""
        return {
            "sample": self.samples_per_day,
            "inspect": self.inspections_per_day,
            "stop": self.stops_per_day,
            "suspend": self.suspensions_per_day,
        }


@dataclass(frozen=True, slots=True)
class Script:
    """A script and when it acts next, by kind."""

    set: ScriptSet
    status: Literal["running", "ended"] = "running"
    arrivals: dict[str, ScriptArrival] = field(default_factory=dict)
    ended: ScriptEnded | None = None

    @property
    def id(self) -> str:
        return self.set.id

    @property
    def terms(self) -> Terms:
        return Terms(
            self.set.samples_per_day,
            self.set.inspections_per_day,
            self.set.stops_per_day,
            self.set.suspensions_per_day,
            self.set.sample_size,
            self.set.lifted_after_s,
            self.set.until,
        )


def begin(state: "RegulatorState", terms: Terms, now: datetime) -> tuple[Event, ...]:
    """A script from here on; one that runs is ended by it. Raises BeyondCalendar outside the table
    of working days."""
    id = state.next_id("scr")
    add_working_time(now, 0.0)  # Where no working day is known there is no script at all.
    arrivals = tuple(
        _arrival(state.seed, id, kind, 1, per_day, terms.until, now)
        for kind, per_day in terms.per_day().items()
        if per_day > 0
    )
    begun = ScriptSet(
        id=id,
        samples_per_day=terms.samples_per_day,
        inspections_per_day=terms.inspections_per_day,
        stops_per_day=terms.stops_per_day,
        suspensions_per_day=terms.suspensions_per_day,
        sample_size=terms.sample_size,
        lifted_after_s=terms.lifted_after_s,
        until=terms.until,
        arrivals=arrivals,
        at=now,
    )
    return (*_end_of_running(state, f"{id} takes its place", now), begun)


def stop(state: "RegulatorState", now: datetime) -> tuple[Event, ...] | Refusal:
    """A tester ends the script that runs; what it ordered stands until its own time."""
    ended = tuple(_end_of_running(state, "stopped by a tester", now))
    return ended or refuse("not_found", "path:sandbox", "idle", "have a script that runs")


def step(state: "RegulatorState", id: str, kind: str, at: Moment) -> tuple[Event, ...]:
    """One arrival: one platform gets one order, and the next arrival is drawn."""
    script = state.scripts[id]
    if script.status != "running":
        return ()
    arrived = script.arrivals[kind]
    following = _arrival(
        state.seed,
        id,
        kind,
        arrived.number + 1,
        script.terms.per_day()[kind],
        script.set.until,
        at.now,
    )
    stepped = ScriptStepped(id, following, at.now)
    waits = any(each.at for each in script.arrivals.values() if each.kind != kind)
    ended = () if following.at or waits else (ScriptEnded(id, "no arrival is left", at.now),)
    return (stepped, *_order(state, script, arrived, at), *ended)


def evolve(script: Script | None, event: ScriptEvent) -> Script:
    """The script after `event`; `None` before the first."""
    if isinstance(event, ScriptSet):
        return Script(event, arrivals={arrival.kind: arrival for arrival in event.arrivals})
    assert script is not None, "acted before it was set"
    if isinstance(event, ScriptEnded):
        return replace(script, status="ended", ended=event)
    return replace(script, arrivals={**script.arrivals, event.next.kind: event.next})


DRAWN = Drawing(
    id="script",
    title="It acts until it is stopped, replaced, or nothing is left to do.",
    evolve=evolve,
    state_of=lambda script: script.status,
    steps=(
        Step(BEGIN, ScriptSet, "running"),
        Step("running", ScriptStepped, "running"),
        Step("running", ScriptEnded, "ended"),
    ),
)


def _keep(state: "RegulatorState", event: ScriptEvent) -> None:
    state.scripts[event.id] = evolve(state.scripts.get(event.id), event)


def _arriving(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    """The subject is the script and the kind of order."""
    for script in state.scripts.values():
        if script.status == "running":
            for kind, arrival in script.arrivals.items():
                if arrival.at is not None:
                    yield arrival.at, f"{script.id} {kind}"


def _step(state: "RegulatorState", subject: str, at: Moment) -> tuple[Event, ...]:
    id, kind = subject.split()
    return step(state, id, kind, at)


KEPT = Keeping(
    kept_in="scripts",
    prefix="scr",
    folds=dict.fromkeys(get_args(ScriptEvent), _keep),
    timers=(Timer("script", _arriving, _step, of_policy=True),),
)


def _arrival(
    seed: int,
    script: str,
    kind: str,
    number: int,
    per_day: float,
    until: datetime | None,
    after: datetime,
) -> ScriptArrival:
    """The arrival of this number, so long after the one before as chance says."""
    chance = random.Random(f"{seed}:{script}:{kind}:{number}")
    try:
        at = add_working_time(after, chance.expovariate(per_day))
    except BeyondCalendar:
        return ScriptArrival(kind, number, None)
    return ScriptArrival(kind, number, at if until is None or at < until else None)


def _order(
    state: "RegulatorState", script: Script, arrived: ScriptArrival, at: Moment
) -> tuple[Event, ...]:
    active = sorted(one.id for one in state.registrations.values() if one.is_active)
    if not active:
        return ()
    chance = random.Random(f"{state.seed}:{script.id}:{arrived.kind}:{arrived.number}:platform")
    is_sample = arrived.kind == "sample"
    terms = OrderTerms(
        arrived.kind,
        chance.choice(active),
        f"{script.id}, {arrived.kind} {arrived.number}",
        size=script.set.sample_size if is_sample else 0,
        lifted_after_s=None if is_sample else script.set.lifted_after_s,
    )
    return plan(state, terms, because=script.id, at=at)


def _end_of_running(state: "RegulatorState", reason: str, now: datetime) -> Iterator[Event]:
    for script in state.scripts.values():
        if script.status == "running":
            yield ScriptEnded(script.id, reason, now)
