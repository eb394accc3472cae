"""One message after the other at equal distances: for who wants to see every delay by itself."""

from loadtests.schedules import schedule


@schedule(id="constant", title="The same rate throughout, evenly", random=False)
def constant(share: float) -> float:
    return 1.0
