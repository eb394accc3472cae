"""A regulator that acts on its own begins, acts and ends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class ScriptArrival:
    """When the script acts next, and how often it has acted in this way before."""

    kind: str
    """The order that it gives: `sample`, `inspect`, `stop` or `suspend`."""
    number: int
    at: datetime | None
    """`None` where the calendar of working days or the script ends before."""


@dataclass(frozen=True, slots=True)
class ScriptSet:
    """The regulator acts on its own from here: on average so often a working day, by chance from
    the sandbox's seed."""

    id: str
    samples_per_day: float
    inspections_per_day: float
    stops_per_day: float
    suspensions_per_day: float
    sample_size: int
    lifted_after_s: float
    until: datetime | None
    arrivals: tuple[ScriptArrival, ...]
    at: datetime
    event: Literal["script_set"] = "script_set"


@dataclass(frozen=True, slots=True)
class ScriptStepped:
    """The script acted; `next` is when it acts in this way again."""

    id: str
    next: ScriptArrival
    at: datetime
    event: Literal["script_stepped"] = "script_stepped"


@dataclass(frozen=True, slots=True)
class ScriptEnded:
    id: str
    reason: str
    at: datetime
    event: Literal["script_ended"] = "script_ended"


ScriptEvent = ScriptSet | ScriptStepped | ScriptEnded
