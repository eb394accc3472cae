"""The regulator says stop while data is leaving."""

import asyncio

from scenarios.stage import Stage
from scenarios.stories import story


@story(
    id="stopped_mid_transmission",
    title="Stopped in the middle of a transmission",
    text=(
        "While payments are leaving, the regulator orders all export to stop. Merchants go on "
        "paying, within the limit and after it. Then the stop is lifted, and the backlog may go."
    ),
)
async def stopped_mid_transmission(stage: Stage) -> None:
    burst = asyncio.create_task(stage.pay(8))
    await stage.until_more_arrive()
    await stage.order("stop", authorization=None, reason="an anomaly is looked into")
    await burst
    await stage.wait_for_notices()
    await stage.pay(4)
    await stage.watch(stage.target.limits.stop_s + 0.1, "stop")
    await stage.pay(stage.many(6))
    await stage.watch(0.3, "stop")
    await stage.order("lift", authorization=None)
    await stage.drain()
