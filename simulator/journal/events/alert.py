"""The monitoring noticed something; it is explained, then closed or escalated."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class AlertRaised:
    id: str
    rule: str
    platform: str
    transmission: str | None
    authorization: str | None
    detail: str
    at: datetime
    event: Literal["alert_raised"] = "alert_raised"


@dataclass(frozen=True, slots=True)
class AlertAcknowledged:
    """The platform explained what the monitoring had noticed."""

    id: str
    explanation: str
    at: datetime
    decide_at: datetime | None = None
    """When the policy closes it; `None` waits for a tester."""
    event: Literal["alert_acknowledged"] = "alert_acknowledged"


@dataclass(frozen=True, slots=True)
class AlertClosed:
    """The explanation satisfies the regulator."""

    id: str
    reason: str
    at: datetime
    event: Literal["alert_closed"] = "alert_closed"


@dataclass(frozen=True, slots=True)
class AlertEscalated:
    """No explanation, or none that satisfies: the alert has a consequence of its own."""

    id: str
    reason: str
    at: datetime
    event: Literal["alert_escalated"] = "alert_escalated"


AlertEvent = AlertRaised | AlertAcknowledged | AlertClosed | AlertEscalated
