"""How long each stage of a request took: told to its sender, and to whoever measures.

Stages are hear (until the last byte was read), verify (whose signature it is), decide (checks,
lifecycle, answer) and commit (until the entry is on disk).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.clock import ticks_s


@dataclass(slots=True)
class Timing:
    """The stages of one request, in seconds, in their order."""

    started_s: float = field(default_factory=ticks_s)
    stages: dict[str, float] = field(default_factory=dict)
    _last_s: float = 0.0

    def __post_init__(self) -> None:
        self._last_s = self.started_s

    def end(self, stage: str) -> None:
        """Says that the stage under way was `stage`, and is over."""
        now_s = ticks_s()
        self.stages[stage] = now_s - self._last_s
        self._last_s = now_s

    @property
    def whole_s(self) -> float:
        """From the start to the end of the last stage."""
        return self._last_s - self.started_s

    def header(self) -> str:
        """The value of `Server-Timing`, in milliseconds."""
        return ", ".join(
            f"{stage};dur={seconds * 1000:.3f}" for stage, seconds in self.stages.items()
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """One request that was answered; every word is one of ours, never a sender's."""

    operation: str
    status: int
    refusal: str
    """Its code, or empty."""
    timing: Timing


Witness = Callable[[Measured], None]


def nobody(measured: Measured) -> None:
    """The witness where nobody measures."""
