"""Brings a tester's command to the regulator, and tells what came of it."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from simulator.control.problems import Refused
from simulator.journal.events import Event
from simulator.journal.events.notice import NoticeIssued
from simulator.messages.base import Message
from simulator.regulator.refusal import Refusal
from simulator.world import Site


@cache
def _events() -> TypeAdapter[tuple[Event, ...]]:
    """Made when first needed, since nothing does work at import."""
    return TypeAdapter(tuple[Event, ...])


class Told(Message):
    """What the regulator decided, and the notices by which the platform will learn of it."""

    events: tuple[dict[str, Any], ...]
    notices: tuple[str, ...]


async def put(site: Site, command: str, outcome: tuple[Event, ...] | Refusal) -> Told:
    """Records what a command came to; what the regulator's own rules forbid is refused in their
    words."""
    if isinstance(outcome, Refusal):
        raise Refused.by_the_regulator(outcome)
    if not outcome:  # There was nothing to do, and so there is nothing to record.
        return Told(events=(), notices=())
    decided = await site.office.decide("tester", command, outcome)
    issued = [event.id for event in decided.events if isinstance(event, NoticeIssued)]
    return Told(events=as_json(decided.events), notices=tuple(issued))


def as_json(events: Sequence[Event]) -> tuple[dict[str, Any], ...]:
    """The events as the journal has them."""
    return tuple(_events().dump_python(tuple(events), mode="json"))
