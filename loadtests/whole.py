"""What all steps of a load say together: the highest rate at which the platform still conforms, and
what broke above it.
"""

from dataclasses import dataclass

from loadtests.limits import Limits
from loadtests.outcome import Ceilings, Step
from loadtests.search import BREACHED, Found, found

CARRIED, NOT_CARRIED, UNCERTAIN = 0, 1, 2
"""Exit codes: conformant at the rate that was asked for, not conformant at it, nothing can be
said."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A load and all of its steps."""

    target: str
    steps: tuple[Step, ...]
    limits: Limits
    machine: dict[str, str | int]
    command: str
    asked: float | None = None
    """The highest rate that was listed; `None` where the rate was searched for."""
    ceilings: Ceilings | None = None
    """`None` where nothing was calibrated."""
    broken_off: str | None = None
    """Why not every step was played; `None` if they were."""

    @property
    def found(self) -> Found:
        """The rates that matter."""
        return found((step.load.rate, step.verdict) for step in self.steps)

    @property
    def must(self) -> float:
        """The rate that must be conformant: that of the profile, the highest of a list, the first
        of a search."""
        if self.limits.rate_min is not None:
            return self.limits.rate_min
        if self.asked is not None:
            return self.asked
        return self.steps[0].load.rate if self.steps else 0.0

    @property
    def exit_code(self) -> int:
        """A breach above the rate that must be carried is what a search looks for, and no failure;
        at or below it, it is one. A load that was broken off without any has not ended well."""
        seen = self.found
        if seen.breach_at is not None and seen.breach_at <= self.must:
            return NOT_CARRIED
        broken_off = self.broken_off is not None and seen.breach_at is None
        carried = seen.up_to is not None and seen.up_to >= self.must
        return CARRIED if carried and not broken_off else UNCERTAIN

    @property
    def sentence(self) -> str:
        """The one line that people remember."""
        seen = self.found
        parts = []
        if seen.up_to is not None:
            parts.append(f"conformant up to {seen.up_to:g} payments/s")
        else:
            parts.append("conformant at no rate that was tried")
        if seen.breach_at is not None:
            parts.append(
                f"first breach at {seen.breach_at:g}: {self._why(seen.breach_at, BREACHED)}"
            )
        unsaid = seen.unsaid_at
        if unsaid is not None and (seen.breach_at is None or unsaid < seen.breach_at):
            step = next(step for step in reversed(self.steps) if step.load.rate == unsaid)
            parts.append(f"{step.verdict.upper()} at {unsaid:g}: {step.why}")
        elif seen.breach_at is None and seen.up_to is not None:
            parts.append("no breach at any rate that was tried")
        if self.broken_off is not None and not any(self.broken_off in part for part in parts):
            parts.append(f"broken off: {self.broken_off}")
        return "; ".join(parts)

    def _why(self, rate: float, verdict: str) -> str:
        """What the last step of that rate and verdict says first."""
        steps = [s for s in self.steps if s.load.rate == rate and s.verdict == verdict]
        return steps[-1].why if steps else "unknown"
