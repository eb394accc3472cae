"""Every attempt to bring a message to a callback, and from when its acknowledgement is waited for.

A fold over the journal: it reads what was recorded and decides nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.journal.events import Event
from simulator.journal.events.notice import NoticeAcknowledged, NoticeIssued, NoticeOverdue
from simulator.journal.records import Delivery
from simulator.law.limits import PROFILE
from simulator.regulator.state import RegulatorState

LIMIT_S = PROFILE.notice_acknowledged_s
MOMENT_S = 0.01


@dataclass(slots=True)
class Attempts:
    """What the journal tells of deliveries."""

    all: list[Delivery] = field(default_factory=list)
    of: dict[str, list[Delivery]] = field(default_factory=dict)
    """By what was to be brought."""
    told_at: dict[str, datetime] = field(default_factory=dict)
    """Wall time from which the limit of a notice runs, while it is neither acknowledged nor
    overdue."""


class DeliveryLog:
    """The attempts of one sandbox, in the order of the journal."""

    def __init__(self, state: RegulatorState, known: Attempts | None = None) -> None:
        self._state = state
        self.known = Attempts() if known is None else known

    def fold(self, wall_at: datetime, events: Sequence[Event], delivery: Delivery | None) -> None:
        """Takes in one entry that is folded into the state already, fresh or recovered."""
        for event in events:
            if isinstance(event, NoticeIssued) and self._polls(event.platform):
                self.known.told_at[event.id] = wall_at
        if delivery is not None:
            self.known.all.append(delivery)
            self.known.of.setdefault(delivery.notice, []).append(delivery)
            if self._is_awaited(delivery.notice) and reached_somebody(delivery):
                self.known.told_at.setdefault(delivery.notice, delivery.sent_at)
        for event in events:
            if isinstance(event, NoticeAcknowledged | NoticeOverdue):
                self.known.told_at.pop(event.id, None)

    def attempts(self, id: str) -> int:
        """How often the message `id` was sent or lost on the way."""
        return len(self.known.of.get(id, ()))

    def of(self, id: str) -> Sequence[Delivery]:
        """The attempts to deliver the message `id`, in order."""
        return self.known.of.get(id, [])

    def all(self) -> Sequence[Delivery]:
        """Every attempt, challenges too, in order."""
        return self.known.all

    def beyond_limit(self, wall_now: datetime) -> Iterator[str]:
        """Notices whose acknowledgement has not come in time and of which that is not recorded."""
        limit = timedelta(seconds=LIMIT_S)
        return (id for id, at in self.known.told_at.items() if wall_now - at > limit)

    def next_in_s(self, wall_now: datetime) -> float | None:
        """Wall time until the next limit has passed, a moment more; `None` where none runs."""
        told_at = min(self.known.told_at.values(), default=None)
        if told_at is None:
            return None
        return max(0.0, LIMIT_S - (wall_now - told_at).total_seconds()) + MOMENT_S

    def _is_awaited(self, id: str) -> bool:
        notice = self._state.notices.get(id)
        return notice is not None and notice.acknowledged_at is None and notice.overdue_at is None

    def _polls(self, platform: str) -> bool:
        return self._state.registrations[platform].callback_url is None


def reached_somebody(delivery: Delivery) -> bool:
    """Whether the platform could know of the notice by this attempt: no fault took it away or made
    it something else."""
    return not delivery.forged and (delivery.fault is None or delivery.status > 0)
