"""A notice is issued, and heard or not."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class NoticeIssued:
    id: str
    platform: str
    sequence: int
    type: str
    subject: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)
    event: Literal["notice_issued"] = "notice_issued"


@dataclass(frozen=True, slots=True)
class NoticeAcknowledged:
    id: str
    via: str
    """`callback` or `interface`."""
    at: datetime
    event: Literal["notice_acknowledged"] = "notice_acknowledged"


@dataclass(frozen=True, slots=True)
class NoticeOverdue:
    """Nobody acknowledged the notice within the limit; recorded once, whatever comes after."""

    id: str
    limit_s: float
    """Wall time, from the first delivery; for a platform that polls, from the issue."""
    at: datetime
    event: Literal["notice_overdue"] = "notice_overdue"


@dataclass(frozen=True, slots=True)
class NoticeGivenUp:
    """The last attempt failed: the notice is a dead letter, which can still be read and
    acknowledged."""

    id: str
    attempts: int
    """All that were made so far."""
    reason: str
    at: datetime
    event: Literal["notice_given_up"] = "notice_given_up"


@dataclass(frozen=True, slots=True)
class NoticeRedelivered:
    """A dead letter gets a new round of attempts."""

    id: str
    by: str
    """`platform` or `tester`."""
    at: datetime
    event: Literal["notice_redelivered"] = "notice_redelivered"


NoticeEvent = NoticeIssued | NoticeAcknowledged | NoticeOverdue | NoticeGivenUp | NoticeRedelivered
