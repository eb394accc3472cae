"""As merchants come who know nothing of one another: some seconds bring twice the usual."""

from loadtests.schedules import schedule


@schedule(id="poisson", title="The same rate throughout, at random")
def poisson(share: float) -> float:
    return 1.0
