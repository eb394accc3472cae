"""How the regulator decides what it is asked: at once, after a time, or when a tester says so."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.journal.events import PolicyChanged


@dataclass(frozen=True, slots=True)
class Policy:
    """One manner for each kind of decision; `after_s` is sandbox time."""

    declarations: str = "immediate"
    transmissions: str = "immediate"
    reinspections: str = "immediate"
    after_s: float = 0.0
    contracts: str = "immediate"
    certifications: str = "immediate"

    def decide_at(self, manner: str, now: datetime) -> datetime | None:
        """When a request that arrives now is decided; `None` waits for a tester."""
        if manner == "manual":
            return None
        return now if manner == "immediate" else now + timedelta(seconds=self.after_s)


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
    """A tester sets the policy; requests that already wait keep the time that they were given."""
    return (
        PolicyChanged(
            declarations=declarations,
            transmissions=transmissions,
            reinspections=reinspections,
            after_s=after_s,
            at=now,
            contracts=contracts,
            certifications=certifications,
        ),
    )


def evolve(event: PolicyChanged) -> Policy:
    """The policy from here on."""
    return Policy(
        declarations=event.declarations,
        transmissions=event.transmissions,
        reinspections=event.reinspections,
        after_s=event.after_s,
        contracts=event.contracts,
        certifications=event.certifications,
    )
