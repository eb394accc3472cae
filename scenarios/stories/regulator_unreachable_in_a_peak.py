"""The regulator is gone when most merchants pay: no permit can be had, so nothing may leave."""

import asyncio

from scenarios.stage import Stage
from scenarios.stories import story


@story(
    id="regulator_unreachable_in_a_peak",
    title="The regulator cannot be reached in a peak",
    text=(
        "In the middle of a peak every connection to the regulator breaks. Merchants go on "
        "paying, abroad and at home. After a while the regulator is back."
    ),
)
async def regulator_unreachable_in_a_peak(stage: Stage) -> None:
    peak = asyncio.create_task(stage.pay(stage.many(30)))
    await stage.until_more_arrive()
    async with stage.fault("unreachable", "regulator"):
        await peak
        await stage.pay(stage.many(8))
        at_home = await stage.pay(4, domestic=True)
        await stage.follow(at_home, within_s=1.0)
        await stage.watch(0.5, "regulator_unreachable")
    await stage.drain()
