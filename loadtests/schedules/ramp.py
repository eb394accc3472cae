"""From nothing to the highest rate: where a platform begins to give way shows on the way."""

from loadtests.schedules import schedule


@schedule(id="ramp", title="Rising evenly from nothing to the highest rate")
def ramp(share: float) -> float:
    return share
