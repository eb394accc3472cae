"""A random sample of what left on one day: drawn from the seed, answered in time, and compared with
the lineage on record.

The shape is that of customs announcement 2018 no. 179, under which the authority asks for a random
order of the day and the platform sends back what it kept of it. Here a sample is of payloads, and
the answer says for each of their records where it came from and where it went.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, get_args

from simulator.clock import rfc3339
from simulator.journal.events import Event
from simulator.journal.events.inspection import (
    InspectionEvent,
    SampleAnswered,
    SampleItem,
    SampleMistake,
    SampleOverdue,
    SampleRequested,
    SampleVoided,
)
from simulator.journal.events.lineage import LineageItem
from simulator.law import limits
from simulator.law.working_days import china_date
from simulator.messages.inspection import InspectionStatus, SampleAnswerRequest
from simulator.messages.lineage import LineageEntry
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.keeping import Keeping, Tidings, Timer
from simulator.regulator.lifecycle import consequence
from simulator.regulator.refusal import Refusal, not_found, refuse, refuse_all, wrong

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

MISTAKES_TOLD_MAX = 100
"""An answer can be wrong in more ways than anybody reads."""
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Inspection:
    """A sample, or the day on which there was none to draw, and what became of it."""

    begun: SampleRequested | SampleVoided
    status: InspectionStatus
    answered: SampleAnswered | None = None
    ended_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.begun.id

    @property
    def platform(self) -> str:
        return self.begun.platform

    @property
    def items(self) -> tuple[SampleItem, ...]:
        """What was drawn."""
        return self.begun.items if isinstance(self.begun, SampleRequested) else ()


def request(
    state: "RegulatorState", platform: str, size: int, reason: str, now: datetime, wall: datetime
) -> tuple[Event, ...] | Refusal:
    """Draws `size` payloads from all that left today in China, or all where there are fewer."""
    if platform not in state.registrations:
        return not_found("registration", platform, "/platform")
    id, day = state.next_id("ins"), china_date(now)
    once = {item.payload: item for item in _left_on(state, platform, day)}
    left = sorted(once.values(), key=lambda item: item.payload)
    if not left:
        return (SampleVoided(id, platform, day, f"nothing left on {day.isoformat()}", now),)
    chance = random.Random(f"{state.seed}:{platform}:{id}")
    drawn = tuple(chance.sample(left, min(size, len(left))))
    answer_by = wall + timedelta(seconds=limits.PROFILE.sample_answered_s)
    return (SampleRequested(id, platform, day, drawn, reason, answer_by, now),)


def answer(
    state: "RegulatorState", platform: str, id: str, request: SampleAnswerRequest, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Takes the one answer; what is wrong in it is recorded, not refused."""
    held = state.inspections.get(id)
    if held is None or held.platform != platform:
        return not_found("inspection", id)
    if held.status != "requested":
        return refuse("sample_closed", "path:id", id, f"wait for an answer (it is {held.status})")
    drawn = {item.payload for item in held.items}
    outside = [
        wrong("sample_outside", f"/items/{place}/payload", entry.payload, "be in the sample")
        for place, entry in enumerate(request.items)
        if entry.payload not in drawn
    ]
    if outside:
        return refuse_all(outside)
    mistakes = tuple(_mistakes(state, held, request.items))
    told = mistakes[:MISTAKES_TOLD_MAX]
    return (SampleAnswered(id, told, len(mistakes) - len(told), now),)


def pass_time(state: "RegulatorState", id: str, now: datetime) -> tuple[Event, ...]:
    """The wall time to answer is over."""
    held = state.inspections[id]
    return (SampleOverdue(id, now),) if held.status == "requested" else ()


def evolve(
    inspection: Inspection | None,
    event: InspectionEvent,
) -> Inspection:
    """The inspection after `event`; `None` before the first."""
    if isinstance(event, SampleRequested):
        return Inspection(event, "requested")
    if isinstance(event, SampleVoided):
        return Inspection(event, "void", ended_at=event.at)
    assert inspection is not None, "answered before it was asked for"
    if isinstance(event, SampleOverdue):
        return replace(inspection, status="overdue", ended_at=event.at)
    status: InspectionStatus = "wrong" if event.mistakes else "right"
    return replace(inspection, status=status, answered=event, ended_at=event.at)


DRAWN = Drawing(
    id="inspection",
    title="A sample is answered in time, right or wrong, or not; none is drawn of an empty day.",
    evolve=evolve,
    state_of=lambda inspection: inspection.status,
    steps=(
        Step(BEGIN, SampleRequested, "requested"),
        Step(BEGIN, SampleVoided, "void"),
        Step("requested", SampleAnswered, "right"),
        Step("requested", SampleAnswered, "wrong"),
        Step("requested", SampleOverdue, "overdue"),
    ),
)


def _keep(state: "RegulatorState", event: InspectionEvent) -> None:
    state.inspections[event.id] = evolve(state.inspections.get(event.id), event)
    if isinstance(event, SampleRequested):
        state.unanswered[event.id] = event.answer_by
    else:
        state.unanswered.pop(event.id, None)
    if isinstance(event, SampleAnswered | SampleOverdue):
        consequence.keep(state, event)


def _unanswered(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    return ((answer_by, id) for id, answer_by in state.unanswered.items())


def _tell_requested(_: "RegulatorState", event: SampleRequested) -> Iterator[Tidings]:
    payloads = [item.payload for item in event.items]
    answer_by = rfc3339(event.answer_by)
    data = {"inspection": event.id, "payloads": payloads, "answer_by": answer_by}
    yield Tidings(event.platform, "sample.requested", event.id, data)


def _tell_overdue(state: "RegulatorState", event: SampleOverdue) -> Iterator[Tidings]:
    platform = state.inspections[event.id].platform
    yield Tidings(platform, "sample.overdue", event.id, {"inspection": event.id})


KEPT = Keeping(
    kept_in="inspections",
    prefix="ins",
    folds=dict.fromkeys(get_args(InspectionEvent), _keep),
    timers=(
        Timer(
            "sample_overdue",
            _unanswered,
            lambda state, id, at: pass_time(state, id, at.now),
            by_wall=True,
        ),
    ),
    tells={SampleRequested: _tell_requested, SampleOverdue: _tell_overdue},
)


def _left_on(state: "RegulatorState", platform: str, day: date) -> Iterator[SampleItem]:
    """Every payload of a transmission that was closed on that day; again where it left again."""
    for transmission in state.transmissions.values():
        closed = transmission.closed
        if transmission.platform == platform and closed and china_date(closed.at) == day:
            for payload in closed.payloads:
                yield SampleItem(payload, transmission.id)


def _mistakes(
    state: "RegulatorState", inspection: Inspection, entries: Sequence[LineageEntry]
) -> Iterator[SampleMistake]:
    """Everything that differs, payload by payload in the order of the sample."""
    for drawn in inspection.items:
        payload = drawn.payload
        kept = state.lineage.get((inspection.platform, payload), ())
        recorded = {(item.transmission, item.source): item for item in kept}
        answered = {
            (entry.transmission, entry.source): entry
            for entry in entries
            if entry.payload == payload
        }
        if not recorded:
            yield SampleMistake(payload, None, "lineage", "on record", NOTHING)
        elif not answered:
            yield SampleMistake(payload, None, "answer", f"{len(recorded)} records", NOTHING)
        else:
            for key in sorted(recorded.keys() | answered.keys()):
                yield from _differences(payload, recorded.get(key), answered.get(key))


def _differences(
    payload: str, recorded: LineageItem | None, answered: LineageEntry | None
) -> Iterator[SampleMistake]:
    """What differs in one record."""
    if recorded is None or answered is None:
        expected = NOTHING if recorded is None else recorded.source
        seen = NOTHING if answered is None else answered.source
        yield SampleMistake(payload, _source(recorded, answered), "source", expected, seen)
        return
    pairs = {
        "rule_version": (recorded.rule_version, answered.rule_version),
        "recipient": (recorded.recipient, answered.recipient),
        "country": (recorded.country, answered.country),
        "categories": (
            ", ".join(sorted(recorded.categories)),
            ", ".join(sorted(answered.categories)),
        ),
    }
    for name, (expected, seen) in pairs.items():
        if expected != seen:
            yield SampleMistake(payload, recorded.source, name, expected, seen)
    if recorded.sent_at != answered.sent_at:
        expected, seen = rfc3339(recorded.sent_at), rfc3339(answered.sent_at)
        yield SampleMistake(payload, recorded.source, "sent_at", expected, seen)


def _source(recorded: LineageItem | None, answered: LineageEntry | None) -> str | None:
    known = recorded or answered
    return None if known is None else known.source
