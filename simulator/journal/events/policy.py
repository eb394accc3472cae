"""A tester sets how the regulator decides."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class PolicyChanged:
    """Which decisions the regulator takes at once, after a time (seconds of sandbox time), or by
    hand."""

    declarations: str
    transmissions: str
    reinspections: str
    after_s: float
    at: datetime
    contracts: str = "immediate"
    certifications: str = "immediate"
    samples: str = "immediate"
    inspections: str = "immediate"
    stops: str = "immediate"
    suspensions: str = "immediate"
    deadlines: str = "immediate"
    """Whether a case fails when its deadline has passed."""
    alerts: str = "manual"
    """Whether an alert that was explained is closed."""
    alert_answered_s: float | None = None
    """Sandbox time after which an alert without an explanation is escalated; `None`: never."""
    consequences: dict[str, str] = field(default_factory=dict)
    """The order that an alert's rule, a wrong or late sample, or an escalated alert leads to."""
    event: Literal["policy_changed"] = "policy_changed"
