"""A sample of what left is asked for, and answered in time or not."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class SampleItem:
    """One payload drawn into a sample, and the transmission that it left in."""

    payload: str
    transmission: str


@dataclass(frozen=True, slots=True)
class SampleRequested:
    """A random sample of what left on one day in China is to be answered; `answer_by` is wall
    time."""

    id: str
    platform: str
    day: date
    items: tuple[SampleItem, ...]
    reason: str
    answer_by: datetime
    at: datetime
    event: Literal["sample_requested"] = "sample_requested"


@dataclass(frozen=True, slots=True)
class SampleMistake:
    """One thing in an answer that differs from the lineage on record."""

    payload: str
    source: str | None
    """The record, by the platform's own id; `None` where it is about the whole payload."""
    field: str
    expected: str
    seen: str


@dataclass(frozen=True, slots=True)
class SampleAnswered:
    """The platform answered in time; without mistakes it answered right."""

    id: str
    mistakes: tuple[SampleMistake, ...]
    mistakes_left_out: int
    """How many more there were than are told."""
    at: datetime
    event: Literal["sample_answered"] = "sample_answered"


@dataclass(frozen=True, slots=True)
class SampleOverdue:
    """The time to answer was over before an answer came."""

    id: str
    at: datetime
    event: Literal["sample_overdue"] = "sample_overdue"


@dataclass(frozen=True, slots=True)
class SampleVoided:
    """Nothing had left on the day, so there was nothing to draw a sample from."""

    id: str
    platform: str
    day: date
    reason: str
    at: datetime
    event: Literal["sample_voided"] = "sample_voided"


InspectionEvent = SampleRequested | SampleAnswered | SampleOverdue | SampleVoided
