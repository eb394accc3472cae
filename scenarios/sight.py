"""Follows the journal while a story is played, so that a story can wait for what happens instead of
sleeping.

It reads what any later reader will find and holds only what a story waits for: payloads that
arrived, transmissions that are open, notices that nobody acknowledged, and when anything stirred
last.
"""

import json
import time
from dataclasses import dataclass, field
from typing import Any

from scenarios.control import Control

OWN_RECORDS = frozenset({"asked", "followed", "staged", "fault", "clock", "opened", "copied"})
"""What the run itself enters; it says nothing of whether the platform is at rest."""


@dataclass(frozen=True, slots=True)
class ArrivalSeen:
    """A payload that reached a recipient."""

    sequence: int
    recipient: str


@dataclass(slots=True)
class Sight:
    """What the journal has shown so far."""

    control: Control
    sequence: int = 0
    stirred_at: float = field(default_factory=time.monotonic)
    """Monotonic time at which the last entry was seen that was no mere reading and none of our
    own."""
    arrivals: list[ArrivalSeen] = field(default_factory=list)
    undecided: set[str] = field(default_factory=set)
    """Transmissions that were received and not yet decided."""
    open: set[str] = field(default_factory=set)
    """Transmissions that were accepted and not yet closed."""
    closed: int = 0
    pending_notices: set[str] = field(default_factory=set)
    categories: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """Every category that was ever authorized, by recipient and country."""
    reinspected: set[str] = field(default_factory=set)
    """Cases whose re-inspection was passed."""

    async def refresh(self) -> None:
        """Reads on to the journal's present end."""
        text = await self.control.journal(self.sequence)
        for line in text.splitlines():
            self._take(json.loads(line))

    def _take(self, entry: dict[str, Any]) -> None:
        self.sequence = entry["sequence"]
        kind = entry["kind"]
        if kind in OWN_RECORDS:
            return
        body = json.loads(entry["content"])["body"]
        if kind == "arrival":
            self.arrivals.append(ArrivalSeen(self.sequence, body["recipient"]))
        if kind != "exchange" or body["method"] != "GET":
            self.stirred_at = time.monotonic()
        for event in body.get("events", ()):
            self._take_event(event)

    def _take_event(self, event: dict[str, Any]) -> None:
        match event["event"]:
            case "transmission_announced":
                self.undecided.add(event["id"])
            case "transmission_accepted":
                self.undecided.discard(event["id"])
                self.open.add(event["id"])
            case "transmission_refused":
                self.undecided.discard(event["id"])
            case "transmission_closed":
                self.open.discard(event["id"])
                self.closed += 1
            case "notice_issued":
                self.pending_notices.add(event["id"])
            case "notice_acknowledged":
                self.pending_notices.discard(event["id"])
            case "authorization_granted":
                known = self.categories.setdefault((event["recipient"], event["country"]), set())
                known.update(field["category"] for field in event["fields"])
            case "reinspection_decided" if not event["missing"]:
                self.reinspected.add(event["case"])
