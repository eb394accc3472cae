"""How far feed and lineage lag behind the payload, and how much is under way: read from the journal
alone, where regulator and recipient write into one sequence.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from loadtests.histogram import Histogram


@dataclass(slots=True)
class Lags:
    """From the arrival of a payload, by the clock of the machine that the simulator runs on."""

    feed: Histogram = field(default_factory=Histogram)
    """Until the feed told of this very payload."""
    lineage: Histogram = field(default_factory=Histogram)
    """Until its lineage was recorded."""
    payloads: int = 0
    unfed: int = 0
    """Payloads of which the feed never told."""
    untraced: int = 0
    accepted: list[float] = field(default_factory=list)
    """Wall times at which merchants learnt that their payment was accepted, in order."""
    traced: list[float] = field(default_factory=list)
    """Wall times at which the lineage of a payment was recorded, in order."""
    faults: dict[str, tuple[str, float, float | None]] = field(default_factory=dict)
    """Each fault that was armed: its name, and when it was armed and reverted."""

    def under_way(self, at: float) -> int:
        """Payments that had been accepted by then and whose lineage was not yet recorded."""
        return max(0, bisect_right(self.accepted, at) - bisect_right(self.traced, at))


def read(path: Path) -> Lags:
    """The lags of a whole journal."""
    with path.open(encoding="utf-8") as lines:
        return of(json.loads(line) for line in lines if line.strip())


def of(entries: Iterable[dict[str, Any]]) -> Lags:
    """The lags that the entries show."""
    lags = Lags()
    arrived: dict[str, float] = {}
    fed: dict[str, float] = {}
    traced: dict[str, float] = {}
    for entry in entries:
        content = json.loads(entry["content"])
        body, at = content["body"], _seconds(content["wall_at"])
        match entry["kind"]:
            case "arrival":
                arrived.setdefault(body["body"]["sha256"], at)
            case "exchange":
                for event in body["events"]:
                    _take(event, at, fed, traced, lags)
            case "asked" if body["outcome"] == "accepted":
                lags.accepted.append(_seconds(body["answered_at"]))
            case "fault":
                _take_fault(body, at, lags)
    lags.accepted.sort()
    lags.payloads = len(arrived)
    lags.unfed = sum(digest not in fed for digest in arrived)
    lags.untraced = sum(digest not in traced for digest in arrived)
    for digest, at in arrived.items():
        if digest in fed:
            lags.feed.record(fed[digest] - at)
        if digest in traced:
            lags.lineage.record(traced[digest] - at)
    return lags


def _take(
    event: dict[str, Any], at: float, fed: dict[str, float], traced: dict[str, float], lags: Lags
) -> None:
    match event["event"]:
        case "feed_taken" if event.get("payload"):
            fed.setdefault(event["payload"], at)
        case "lineage_recorded":
            for item in event["items"]:
                traced.setdefault(item["payload"], at)
                lags.traced.append(at)


def _take_fault(body: dict[str, Any], at: float, lags: Lags) -> None:
    if body["state"] == "armed":
        lags.faults[body["fault"]] = (body["name"], at, None)
    elif body["fault"] in lags.faults:
        name, armed, _ = lags.faults[body["fault"]]
        lags.faults[body["fault"]] = (name, armed, at)


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a fault did to the work, and how long it took to work it off."""

    fault: str
    lasted_s: float
    before: int
    """The most payments under way in the time before the fault."""
    most: int
    """The most payments under way from the fault on."""
    after_s: float | None
    """From the end of the fault until no more were under way than before; `None` if never."""


def recoveries(lags: Lags) -> Iterator[Recovery]:
    """One for each fault that was armed and is over, in the order of arming."""
    moments = sorted({*lags.accepted, *lags.traced})
    for name, armed, reverted in lags.faults.values():
        if reverted is None:
            continue
        before = max((lags.under_way(at) for at in moments if at < armed), default=0)
        usual = max(1, before)
        later = [at for at in (reverted, *moments) if at >= reverted]
        back = next((at for at in sorted(later) if lags.under_way(at) <= usual), None)
        yield Recovery(
            fault=name,
            lasted_s=reverted - armed,
            before=before,
            most=max((lags.under_way(at) for at in moments if at >= armed), default=0),
            after_s=None if back is None else back - reverted,
        )


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
