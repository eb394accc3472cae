"""What became of the messages of one operation. Nothing that was to be sent is left out: what left
late and what could not leave is counted beside what was answered.
"""

from dataclasses import dataclass, field

from loadtests.histogram import Histogram

LATE_S = 0.05
"""A message that leaves longer than this after its moment is late, and that is the generator's
doing."""
KINDS_MAX = 20
"""Kinds of errors that are told apart; a broken platform must not fill the report."""
OTHERS = "other errors"


@dataclass(slots=True)
class Tally:
    """One operation. Latency is counted from the moment at which a message was meant to leave."""

    intended: int = 0
    dropped: int = 0
    """Not sent: every sender was still waiting for an answer."""
    late: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    """How often each kind of wrong answer came, or none."""
    latency: Histogram = field(default_factory=Histogram)
    """Of right answers only: a quick refusal must not make a platform look fast."""
    lag: Histogram = field(default_factory=Histogram)
    """From the intended moment to when the sender began."""

    @property
    def answered(self) -> int:
        """Right answers."""
        return self.latency.count

    @property
    def failed(self) -> int:
        """Wrong answers, and those that never came."""
        return sum(self.errors.values())

    @property
    def lost(self) -> int:
        """Nobody knows what became of these."""
        return self.intended - self.dropped - self.answered - self.failed

    def begin(self, lag_s: float) -> None:
        """A message leaves, so long after its moment."""
        self.lag.record(lag_s)
        self.late += lag_s > LATE_S

    def end(self, latency_s: float, wrong: str | None) -> None:
        """It was answered; `wrong` says what was wrong with the answer."""
        if wrong is None:
            self.latency.record(latency_s)
            return
        known = wrong in self.errors or len(self.errors) < KINDS_MAX
        kind = wrong if known else OTHERS
        self.errors[kind] = self.errors.get(kind, 0) + 1
