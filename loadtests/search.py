"""Finds the highest rate at which a platform still conforms: doubling until it breaks, then halving
the gap. It knows nothing of how a step is played.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

Verdict = Literal["conformant", "breached", "invalid", "inconclusive"]
"""Of one step. `invalid`: generator or simulator was the limit; `inconclusive`: the evidence does
not suffice."""

CONFORMANT: Verdict = "conformant"
BREACHED: Verdict = "breached"
INVALID: Verdict = "invalid"
INCONCLUSIVE: Verdict = "inconclusive"


class Plan(Protocol):
    """Which rate to try next."""

    def next_rate(self) -> float | None:
        """The next rate; `None` when there is nothing left to find out."""

    def tell(self, rate: float, verdict: Verdict) -> None:
        """What came of it."""


@dataclass(slots=True)
class Listed:
    """The rates that were asked for, whatever comes of them."""

    rates: list[float]

    def next_rate(self) -> float | None:
        return self.rates.pop(0) if self.rates else None

    def tell(self, rate: float, verdict: Verdict) -> None:
        """Every rate is tried: whoever lists them wants the whole table."""


@dataclass(slots=True)
class Knee:
    """Doubles from `first` until a step is not conformant, at most to `most`; then halves the gap
    between the highest conformant rate and the lowest other until it is at most `grain` of the
    former.

    A step that was invalid bounds the search as one that breached does: above it nothing can be
    said. It is tried once more before, since what disturbed it may be over.
    """

    first: float
    most: float
    least: float = 0.0
    """Lower rates prove nothing."""
    grain: float = 0.1
    good: float | None = None
    """The highest rate so far at which the platform conformed."""
    bad: float | None = None
    """The lowest rate so far at which it did not, or nothing could be said."""
    _again: float | None = None
    _retried: set[float] = field(default_factory=set)

    def next_rate(self) -> float | None:
        if self._again is not None:
            return self._again
        if self.bad is None:
            if self.good is None:
                return self.first
            return min(2 * self.good, self.most) if self.good < self.most else None
        below = self.good or 0.0
        if self.bad - below <= self.grain * (self.good or self.bad):
            return None
        if self.good is None:
            half = self.bad / 2
            return half if half >= max(self.least, self.first / 16) else None
        return _rounded((self.good + self.bad) / 2)

    def tell(self, rate: float, verdict: Verdict) -> None:
        self._again = None
        if verdict == CONFORMANT:
            self.good = max(rate, self.good or 0.0)
        elif verdict == BREACHED or rate in self._retried:
            self.bad = min(rate, self.bad or rate)
        else:
            self._retried.add(rate)
            self._again = rate


def _rounded(rate: float) -> float:
    """Three digits are enough for a rate that people tell one another."""
    return float(f"{rate:.3g}")


@dataclass(frozen=True, slots=True)
class Found:
    """What all steps together say."""

    up_to: float | None
    """The highest rate at which every step up to it was conformant."""
    breach_at: float | None
    """The lowest rate with a breach."""
    unsaid_at: float | None
    """The lowest rate of which nothing can be said."""


def found(steps: Iterable[tuple[float, Verdict]]) -> Found:
    """The last word on each rate counts; a rate with a breach at or below it is none to pass by."""
    last: dict[float, Verdict] = {}
    for rate, verdict in steps:
        breached = last.get(rate) == BREACHED
        last[rate] = BREACHED if breached else verdict
    breach_at = min((rate for rate, verdict in last.items() if verdict == BREACHED), default=None)
    unsaid = [rate for rate, verdict in last.items() if verdict in (INVALID, INCONCLUSIVE)]
    good = [
        rate
        for rate, verdict in last.items()
        if verdict == CONFORMANT and (breach_at is None or rate < breach_at)
    ]
    return Found(max(good, default=None), breach_at, min(unsaid, default=None))
