"""When messages are to leave: one schedule a file, and the folder is the list.

A schedule is the shape of a rate over the length of a load, from 0 to 1 of the highest rate. It
asks nobody: a platform that answers slowly is sent as much as one that answers at once, which is
what makes the load open. The moments come from a seed: those of a random schedule are a Poisson
process of which only the number of arrivals is fixed, so that two loads of one rate send as much.
"""

import random
import sys
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from simulator import catalogue

GRAIN = 2_000
"""So many pieces a shape is cut into where its area is summed."""

Shape = Callable[[float], float]
"""From the share of the time that has passed to the share of the highest rate."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """One shape of load."""

    id: str
    title: str
    shape: Shape
    random: bool
    """Messages come as merchants do who know nothing of one another; otherwise evenly."""

    def rate_at(self, share: float, rate: float) -> float:
        """Messages a second at that share of the time."""
        return rate * self.shape(share)

    def arrivals(self, *, rate: float, seconds: float, seed: int, name: str) -> tuple[float, ...]:
        """Seconds from the start at which messages are to leave, in order; `rate` is the highest
        of the shape.

        The same seed and name give the same moments; those of other names are independent of them.
        """
        passed = _summed(self.shape)
        count = self.messages(rate=rate, seconds=seconds)
        if self.random:
            draws = random.Random(f"{seed}/arrivals/{name}")
            shares = sorted(draws.random() for _ in range(count))
        else:
            shares = [number / count for number in range(count)]
        return tuple(seconds * _where(passed, share * passed[-1]) for share in shares)

    def messages(self, *, rate: float, seconds: float) -> int:
        """How many messages that are."""
        return round(rate * seconds * _summed(self.shape)[-1] / GRAIN)


def schedule(*, id: str, title: str, random: bool = True) -> Callable[[Shape], Schedule]:
    """Makes the decorated shape the one schedule of its file."""

    def enter(shape: Shape) -> Schedule:
        return Schedule(id, title, shape, random)

    return enter


@cache
def catalogue_of_schedules() -> dict[str, Schedule]:
    """Every schedule by id."""
    return catalogue.entries(sys.modules[__name__], Schedule)


@cache
def _summed(shape: Shape) -> tuple[float, ...]:
    """The area under the shape up to the end of each piece, in pieces of the highest rate."""
    area, areas = 0.0, [0.0]
    for piece in range(GRAIN):
        area += shape((piece + 0.5) / GRAIN)
        areas.append(area)
    return tuple(areas)


def _where(areas: tuple[float, ...], area: float) -> float:
    """The share of the time at which so much of the area has passed."""
    piece = min(bisect_right(areas, area) - 1, GRAIN - 1)
    width = areas[piece + 1] - areas[piece]
    return (piece + (area - areas[piece]) / width) / GRAIN if width else piece / GRAIN
