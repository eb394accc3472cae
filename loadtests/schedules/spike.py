"""A flash sale: five times the usual for a tenth of the time, and whether it is quiet after it."""

from loadtests.schedules import schedule

USUAL = 0.2
BEGINS, ENDS = 0.4, 0.5


@schedule(id="spike", title="A fifth of the highest rate, and all of it for a tenth of the time")
def spike(share: float) -> float:
    return 1.0 if BEGINS <= share < ENDS else USUAL
