"""The regulator confirms that an announcement arrived, and takes its time to decide."""

from collections.abc import Callable

from scenarios.sight import Sight
from scenarios.stage import Stage
from scenarios.stories import story

WAVES = 3
"""A platform that gathers payments into batches announces hardly more than once a wave."""


@story(
    id="received_is_not_accepted",
    title="Received is not accepted",
    text=(
        "Announcements are received and left undecided. Merchants go on paying, and nothing may "
        "leave. Then the regulator accepts, and everything may."
    ),
)
async def received_is_not_accepted(stage: Stage) -> None:
    await stage.policy(transmissions="manual")
    for _ in range(WAVES):
        undecided = len(stage.sight.undecided)
        await stage.pay(stage.many(8) // 2)
        await stage.until(_more_undecided_than(undecided))
    await stage.watch(0.5, "undecided")
    await stage.policy()
    await stage.decide_all(accept=True, reason="looked into")
    await stage.drain()


def _more_undecided_than(count: int) -> Callable[[Sight], bool]:
    return lambda sight: len(sight.undecided) > count
