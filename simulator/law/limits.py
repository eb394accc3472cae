"""How fast a platform must react: limits of the profile, which a target may only tighten.

Seconds are wall time; the days of rectification are calendar days of sandbox time.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from simulator.catalogue import suggest


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that each reaction may take; the defaults are the profile's."""

    stop_s: float = 5.0
    """From a stop or suspension to the last byte that still leaves."""
    revocation_s: float = 5.0
    """From the revocation of an authorization to the last byte that still leaves under it."""
    notice_acknowledged_s: float = 10.0
    """From the first delivery of a notice to its acknowledgement."""
    sample_answered_s: float = 60.0
    """From a request for a sample to its answer."""
    rectification_days: float = 30.0
    """From a suspension to the re-inspection that lifts it. The period is the case's; no rule that
    was read sets it."""


PROFILE = Limits()


class LimitRefused(ValueError):
    """Limits that a target must not set; `problems` names every field, its value and the bound."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def tighten(limits: Limits, overrides: Mapping[str, object]) -> Limits:
    """`limits` with stricter values; raises LimitRefused naming every value that is not."""
    bounds = asdict(limits)
    problems: list[str] = []
    stricter: dict[str, float] = {}
    for name, value in overrides.items():
        limit = _as_limit(value)
        if name not in bounds:
            problems.append(f"limits.{name} is not a limit; {suggest(name, bounds)}")
        elif limit is None:
            problems.append(f"limits.{name} must be a number above 0, but was {value!r}")
        elif limit > bounds[name]:
            problems.append(
                f"limits.{name} may only be tightened:"
                f" it must be at most {bounds[name]:g}, but was {value!r}"
            )
        else:
            stricter[name] = float(limit)
    if problems:
        raise LimitRefused(tuple(problems))
    return replace(limits, **stricter)


def _as_limit(value: object) -> int | float | None:
    """The value as a limit; `None` for whatever is no number above 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if 0 < value < math.inf else None
