"""How the regulator decides and acts: at once, after a time, or when a tester says so."""

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from simulator.journal.events.policy import PolicyChanged
from simulator.regulator.keeping import Keeping

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

Following = Literal["stop", "suspend", "inspect", "sample"]
"""The orders that can follow from a cause."""

BY_ITSELF: dict[str, Following] = {
    "sample_wrong": "inspect",
    "sample_overdue": "inspect",
    "alert_escalated": "inspect",
}
"""What leads to an order unless the policy says otherwise."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One manner for each kind of decision and for each kind of order; `after_s` is sandbox time.

    The manner of an order holds for what the regulator does on its own, and for an order of a
    tester that names none.

    Declarations and contracts know one more, `statutory`: each step at the end of its legal period.
    """

    declarations: str = "immediate"
    transmissions: str = "immediate"
    reinspections: str = "immediate"
    after_s: float = 0.0
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
    consequences: dict[str, str] = field(default_factory=lambda: {**BY_ITSELF})
    """The order that an alert's rule, a wrong or late sample, or an escalated alert leads to."""

    def decide_at(self, manner: str, now: datetime) -> datetime | None:
        """When a request that arrives now is decided; `None` waits for a tester."""
        if manner == "manual":
            return None
        return now if manner == "immediate" else now + timedelta(seconds=self.after_s)

    def manner_of(self, order: str) -> str:
        """How an order of this kind takes effect; the kinds without a manner do so at once."""
        manners = {
            "sample": self.samples,
            "inspect": self.inspections,
            "stop": self.stops,
            "suspend": self.suspensions,
        }
        return manners.get(order, "immediate")


def change(
    *,
    declarations: str,
    transmissions: str,
    reinspections: str,
    after_s: float,
    now: datetime,
    contracts: str = "immediate",
    certifications: str = "immediate",
) -> tuple[PolicyChanged, ...]:
    """A tester sets how requests are decided, and all else as it is by default."""
    asked = Policy(
        declarations,
        transmissions,
        reinspections,
        after_s,
        contracts=contracts,
        certifications=certifications,
    )
    return change_to(asked, now)


def change_to(policy: Policy, now: datetime) -> tuple[PolicyChanged, ...]:
    """A tester sets the policy; what already waits keeps the time that it was given."""
    return (PolicyChanged(**asdict(policy), at=now),)


def evolve(event: PolicyChanged) -> Policy:
    """The policy from here on."""
    return Policy(**{each.name: getattr(event, each.name) for each in fields(Policy)})


def _keep(state: "RegulatorState", event: PolicyChanged) -> None:
    state.policy = evolve(event)


KEPT = Keeping(kept_in="policy", folds={PolicyChanged: _keep})
