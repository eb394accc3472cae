"""Where every record that left came from, told by the platform and kept by payload."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from simulator.journal.events import Event
from simulator.journal.events.lineage import LineageItem, LineageRecorded
from simulator.law import categories
from simulator.messages.lineage import LineageEntry, LineageRequest
from simulator.messages.problem import ProblemError
from simulator.regulator.keeping import Keeping
from simulator.regulator.refusal import Refusal, refuse_all, wrong

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState


def record(
    state: "RegulatorState", platform: str, request: LineageRequest, now: datetime
) -> tuple[Event, ...] | Refusal:
    """All items or none; each must fit the transmission that it names."""
    errors = [
        error
        for place, entry in enumerate(request.items)
        for error in _errors(state, platform, f"/items/{place}", entry)
    ]
    if errors:
        return refuse_all(errors)
    items = tuple(
        LineageItem(
            payload=entry.payload,
            source=entry.source,
            rule_version=entry.rule_version,
            transmission=entry.transmission,
            recipient=entry.recipient,
            country=entry.country,
            categories=entry.categories,
            sent_at=entry.sent_at,
        )
        for entry in request.items
    )
    return (LineageRecorded(platform, items, now),)


def evolve(
    kept: tuple[LineageItem, ...], items: tuple[LineageItem, ...]
) -> tuple[LineageItem, ...]:
    """The origins of one payload's records, in the order in which they were told."""
    return kept + items


def _keep(state: "RegulatorState", event: LineageRecorded) -> None:
    """Neighbours of one payload are added at once, so that it is not copied once a record."""
    for payload, items in groupby(event.items, key=lambda item: item.payload):
        key = (event.platform, payload)
        state.lineage[key] = evolve(state.lineage.get(key, ()), tuple(items))


KEPT = Keeping(kept_in="lineage", folds={LineageRecorded: _keep})


def _errors(
    state: "RegulatorState", platform: str, pointer: str, entry: LineageEntry
) -> Iterator[ProblemError]:
    transmission = state.transmissions.get(entry.transmission)
    if transmission is None or transmission.platform != platform:
        must = "be a transmission that the platform announced"
        yield wrong("transmission_unknown", f"{pointer}/transmission", entry.transmission, must)
        return
    if transmission.status not in ("accepted", "closed"):
        must = f"have been accepted (it is {transmission.status})"
        yield wrong(
            "transmission_not_accepted", f"{pointer}/transmission", entry.transmission, must
        )
    announced = transmission.announced
    if entry.recipient != announced.recipient:
        must = f"be {announced.recipient!r}, as announced"
        yield wrong("recipient_mismatch", f"{pointer}/recipient", entry.recipient, must)
    if entry.country != announced.country:
        must = f"be {announced.country!r}, as announced"
        yield wrong("country_mismatch", f"{pointer}/country", entry.country, must)
    for place, code in enumerate(entry.categories):
        if code not in categories.BY_CODE:
            must = "be a code of GET /categories"
            yield wrong("category_unknown", f"{pointer}/categories/{place}", code, must)
