"""Only the monitoring link is down; permits can still be had. What cannot be monitored may not
leave."""

from scenarios.stage import Stage
from scenarios.stories import story


@story(
    id="feed_link_lost",
    title="The monitoring link is lost",
    text=(
        "The regulator answers everything but the feed. Merchants go on paying. After a while the"
        " feed is back."
    ),
)
async def feed_link_lost(stage: Stage) -> None:
    async with stage.fault("unreachable", "regulator", operations=("feed",)):
        await stage.pay(stage.many(8))
        await stage.watch(0.5, "feed_link_lost")
    await stage.drain()
