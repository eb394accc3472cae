"""When each message is to leave. The schedule asks nobody: a platform that answers slowly is sent
as much as one that answers at once, which is what makes the load open.
"""

import random
from typing import Literal

Manner = Literal["poisson", "constant"]
MANNERS: tuple[Manner, ...] = ("poisson", "constant")


def arrivals(
    *, rate: float, seconds: float, seed: int, name: str, manner: Manner
) -> tuple[float, ...]:
    """Seconds from the start at which messages are to leave, in order; exactly `rate * seconds` of
    them, rounded.

    The same seed and name give the same moments; those of other names are independent of them.
    """
    count = round(rate * seconds)
    return _constant(count, rate) if manner == "constant" else _poisson(count, seconds, seed, name)


def _poisson(count: int, seconds: float, seed: int, name: str) -> tuple[float, ...]:
    """As merchants come who know nothing of one another: a Poisson process of which only the number
    of its arrivals is fixed, so that two loads of one rate send as much."""
    draws = random.Random(f"{seed}/arrivals/{name}")
    return tuple(sorted(draws.random() * seconds for _ in range(count)))


def _constant(count: int, rate: float) -> tuple[float, ...]:
    return tuple(number / rate for number in range(count))
