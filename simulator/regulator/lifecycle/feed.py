"""The monitoring events of transmissions are taken, each once, and what they say is added up."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.journal.events import Event
from simulator.journal.events.feed import FeedTaken
from simulator.messages.feed import RefusedLine
from simulator.regulator import rules
from simulator.regulator.columns import FeedColumns
from simulator.regulator.intervals import NOTHING_SEEN, Intervals
from simulator.regulator.keeping import Keeping
from simulator.regulator.lifecycle.transmission import Transmission

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

_MODULUS = 1 << 256


@dataclass(frozen=True, slots=True)
class Fed:
    """What the feed of one transmission has said so far."""

    seen: Intervals = NOTHING_SEEN
    records: int = 0
    bytes: int = 0
    payloads: int = 0
    payloads_sum: int = 0
    """The digests added up modulo 2^256: says which payloads there were without keeping them."""
    ended: tuple[int, int] | None = None
    """Records and bytes that the end stated; `None` before it."""


@dataclass(frozen=True, slots=True)
class FeedOutcome:
    """What became of one body; the alerts are the last of `events`."""

    events: tuple[Event, ...]
    refused: tuple[RefusedLine, ...]


def take(
    state: "RegulatorState", platform: str, columns: FeedColumns, now: datetime
) -> FeedOutcome:
    """Every row is taken or refused on its own, in order; then the rules look at the whole body."""
    own = _own_transmissions(state, platform, columns)
    before = {id: state.fed_of(id) for id, known in own.items() if known.status == "accepted"}
    after = dict(before)
    taken: list[FeedTaken] = []
    refused: dict[int, str] = {}
    for row, id in enumerate(columns.transmission):
        fed = after.get(id)
        if fed is None:
            refused[row] = _why_closed_to_feed(own.get(id))
        elif columns.sequence[row] in fed.seen:
            refused[row] = "sequence_duplicate"
        elif columns.payload[row] is None and columns.type[row] == "transmission.progressed":
            refused[row] = "body_invalid"
        else:
            event = _event(columns, row, now)
            after[id] = evolve(fed, event)
            taken.append(event)

    scene = rules.FeedScene(state, now, own, refused, before, after)
    alerts = rules.over_feed(platform, columns, scene)
    lines = tuple(
        RefusedLine(line=columns.line[row], code=code, detail=_detail(columns, row, code, own))
        for row, code in refused.items()
    )
    return FeedOutcome((*taken, *alerts), lines)


def evolve(fed: Fed, event: FeedTaken) -> Fed:
    """What was fed after `event`: payloads add up, the end states its totals."""
    seen = fed.seen.add(event.sequence)
    if event.type == "transmission.progressed":
        digest = int(event.payload, 16) if event.payload is not None else 0
        return Fed(
            seen,
            fed.records + event.records,
            fed.bytes + event.bytes,
            fed.payloads + 1,
            (fed.payloads_sum + digest) % _MODULUS,
            fed.ended,
        )
    if event.type == "transmission.ended":
        return replace(fed, seen=seen, ended=(event.records, event.bytes))
    return replace(fed, seen=seen)


def _keep(state: "RegulatorState", event: FeedTaken) -> None:
    state.feeds[event.transmission] = evolve(state.fed_of(event.transmission), event)


KEPT = Keeping(kept_in="feeds", folds={FeedTaken: _keep})


def sum_of_payloads(digests: Iterable[str]) -> int:
    """What `Fed.payloads_sum` is for these payloads."""
    return sum(int(digest, 16) for digest in digests) % _MODULUS


def _own_transmissions(
    state: "RegulatorState", platform: str, columns: FeedColumns
) -> dict[str, Transmission]:
    """Those that the body names, in its order."""
    own = {}
    for id in dict.fromkeys(columns.transmission):
        transmission = state.transmissions.get(id)
        if transmission is not None and transmission.platform == platform:
            own[id] = transmission
    return own


def _event(columns: FeedColumns, row: int, now: datetime) -> FeedTaken:
    return FeedTaken(
        transmission=columns.transmission[row],
        sequence=columns.sequence[row],
        type=columns.type[row],
        records=columns.records[row],
        bytes=columns.bytes[row],
        payload=columns.payload[row],
        categories=columns.categories[row],
        recipient=columns.recipient[row],
        country=columns.country[row],
        at=now,
    )


def _why_closed_to_feed(transmission: Transmission | None) -> str:
    if transmission is None:
        return "transmission_unknown"
    closed = transmission.status == "closed"
    return "transmission_closed" if closed else "transmission_not_accepted"


def _detail(columns: FeedColumns, row: int, code: str, own: dict[str, Transmission]) -> str:
    id = columns.transmission[row]
    if code == "transmission_unknown":
        return f"subject must be a transmission that the platform announced, but was {id!r}"
    if code == "sequence_duplicate":
        return f"sequence must be new in {id}, but was {columns.sequence[row]}"
    if code == "body_invalid":
        return "data.payload must be the SHA-256 of the payload that left, but was missing"
    return f"subject must be an accepted transmission, but {id} is {own[id].status}"
