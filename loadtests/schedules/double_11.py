"""The evening before 11 November: a slow rise, midnight, and a long decline.

The curve is a plausible shape of such an evening, made up for this project; it is a recording of no
company. `double_11.csv` holds it minute by minute from 20:00 to 02:00, played in whatever time the
load has.
"""

import csv
from functools import cache
from pathlib import Path

from loadtests.schedules import schedule


@schedule(id="double_11", title="A Double 11 evening from 20:00 to 02:00, midnight at its peak")
def double_11(share: float) -> float:
    curve = minutes()
    place = min(max(share, 0.0), 1.0) * (len(curve) - 1)
    before = min(int(place), len(curve) - 2)
    rest = place - before
    return curve[before] * (1 - rest) + curve[before + 1] * rest


@cache
def minutes() -> tuple[float, ...]:
    """The share of the highest rate at each minute."""
    path = Path(__file__).with_suffix(".csv")
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(float(row["share"]) for row in csv.DictReader(lines))
