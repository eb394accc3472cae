"""What became of the messages of one operation. Nothing that was to be sent is left out: what left
late and what could not leave is counted beside what was answered.

Every message is counted in the second in which it was meant to leave, so that a course over time
shows when it went wrong and not when it was noticed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from loadtests.histogram import Histogram

LATE_S = 0.05
"""A message that leaves longer than this after its moment is late, and that is the generator's
doing."""
KINDS_MAX = 20
"""Kinds of errors that are told apart; a broken platform must not fill the report."""
OTHERS = "other errors"


@dataclass(slots=True)
class Second:
    """One second of the schedule."""

    intended: int = 0
    dropped: int = 0
    late: int = 0
    failed: int = 0
    latency: Histogram = field(default_factory=Histogram)

    def add(self, other: "Second") -> None:
        """Takes in what another process saw of the same second."""
        self.intended += other.intended
        self.dropped += other.dropped
        self.late += other.late
        self.failed += other.failed
        self.latency.add(other.latency)


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
    served: Histogram = field(default_factory=Histogram)
    """What the server says that it needed itself, where it says so."""
    course: dict[int, Second] = field(default_factory=dict)
    """By seconds since the start of the schedule."""
    started: float = 0.0
    """The clock's reading at that start; it says nothing to another process."""

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

    def intend(self, intended: float) -> None:
        """A message is meant to leave at this moment of the clock."""
        self.intended += 1
        self._second(intended).intended += 1

    def drop(self, intended: float) -> None:
        """It cannot leave."""
        self.dropped += 1
        self._second(intended).dropped += 1

    def begin(self, intended: float, now: float) -> None:
        """It leaves now."""
        lag_s = now - intended
        self.lag.record(lag_s)
        if lag_s > LATE_S:
            self.late += 1
            self._second(intended).late += 1

    def end(self, intended: float, now: float, wrong: str | None) -> None:
        """It was answered; `wrong` says what was wrong with the answer."""
        second = self._second(intended)
        if wrong is None:
            self.latency.record(now - intended)
            second.latency.record(now - intended)
            return
        known = wrong in self.errors or len(self.errors) < KINDS_MAX
        kind = wrong if known else OTHERS
        self.errors[kind] = self.errors.get(kind, 0) + 1
        second.failed += 1

    def add(self, other: "Tally") -> None:
        """Takes in what another process saw of the same operation."""
        self.intended += other.intended
        self.dropped += other.dropped
        self.late += other.late
        for kind, count in other.errors.items():
            self.errors[kind] = self.errors.get(kind, 0) + count
        self.latency.add(other.latency)
        self.lag.add(other.lag)
        self.served.add(other.served)
        for number, second in other.course.items():
            self.course.setdefault(number, Second()).add(second)

    def _second(self, intended: float) -> Second:
        number = int(intended - self.started) if intended > self.started else 0
        found = self.course.get(number)
        if found is None:
            found = self.course[number] = Second()
        return found


def merged(parts: Iterable[dict[str, Tally]]) -> dict[str, Tally]:
    """The tallies of several processes as if one had seen everything."""
    whole: dict[str, Tally] = {}
    for part in parts:
        for operation, tally in part.items():
            whole.setdefault(operation, Tally()).add(tally)
    return whole
