"""The regulator confirms that an announcement arrived, and takes its time to decide."""

from scenarios.stage import Stage
from scenarios.stories import story


@story(
    id="received_is_not_accepted",
    title="Received is not accepted",
    text=(
        "Announcements are received and left undecided. Merchants go on paying, and nothing may "
        "leave. Then the "
        "regulator accepts, and everything may."
    ),
)
async def received_is_not_accepted(stage: Stage) -> None:
    await stage.policy(transmissions="manual")
    await stage.pay(8)
    await stage.until(lambda sight: bool(sight.undecided))
    await stage.watch(0.6, "undecided")
    await stage.policy()
    await stage.decide_all(accept=True, reason="looked into")
    await stage.drain()
