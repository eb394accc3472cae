"""A staircase in four equal parts: each long enough to come to rest."""

from loadtests.schedules import schedule

STAIRS = 4


@schedule(id="steps", title="A quarter, a half, three quarters and the whole of the highest rate")
def steps(share: float) -> float:
    return (min(int(share * STAIRS), STAIRS - 1) + 1) / STAIRS
