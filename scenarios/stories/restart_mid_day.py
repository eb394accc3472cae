"""The platform is killed while it works, and must neither lose a payment nor send one twice."""

import asyncio

from scenarios.stage import Stage
from scenarios.stories import story


@story(
    id="restart_mid_day",
    title="The platform restarts in the middle of the day",
    text="While payments are under way, the platform is killed without warning and started again.",
    needs=("action:restart",),
)
async def restart_mid_day(stage: Stage) -> None:
    burst = asyncio.create_task(stage.pay(12))
    await stage.until_more_arrive()
    await stage.action("restart")
    await burst
    await stage.platform_is_ready()
    await stage.pay(4)
    await stage.drain()
