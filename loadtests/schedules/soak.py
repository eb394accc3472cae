"""For hours: what leaks or fills up shows only after a long time. It begins gently, so that a cold
start is not taken for a weakness."""

from loadtests.schedules import schedule

WARM = 0.02


@schedule(id="soak", title="The same rate for a long time, after a gentle start")
def soak(share: float) -> float:
    return min(1.0, 0.1 + 0.9 * share / WARM)
