"""A random sample that the regulator asks for, and the platform's answer."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from simulator.messages.base import Message, Time
from simulator.messages.lineage import LineageEntry

InspectionStatus = Literal["requested", "right", "wrong", "overdue", "void"]


class SampleAnswerRequest(Message):
    """Body of `POST /inspections/{id}/answers`: the origin of every record of every payload drawn,
    as told to `POST /lineage`. An `Idempotency-Key` header is required."""

    items: Annotated[tuple[LineageEntry, ...], Field(min_length=1, max_length=10_000)]


class Mistake(Message):
    """One thing that differs from the lineage on record."""

    payload: str
    source: str | None
    """The record; `null` where it is about the whole payload."""
    field: str
    expected: str
    seen: str


class Inspection(Message):
    """Answer of `GET /inspections/{id}`: a sample of what left on one day in China."""

    id: str
    status: InspectionStatus
    day: date
    reason: str
    payloads: tuple[str, ...] = ()
    """Digests of the payloads drawn."""
    requested_at: Time
    answer_by: Time | None = None
    """Wall time; `null` where there is nothing to answer."""
    ended_at: Time | None = None
    mistakes: tuple[Mistake, ...] = ()
    mistakes_left_out: int = 0
    """How many more there were than are told."""


class InspectionList(Message):
    """Answer of `GET /inspections`: one page, and the cursor of the next."""

    items: tuple[Inspection, ...]
    next_cursor: str | None = None
