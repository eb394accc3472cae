"""The recipients abroad are gone; payments at home must not notice."""

from scenarios.stage import Stage
from scenarios.stories import story


@story(
    id="overseas_link_down",
    title="The overseas link is down",
    text=(
        "No recipient abroad can be reached. Merchants go on paying, abroad and at home. Then the"
        " link is back."
    ),
)
async def overseas_link_down(stage: Stage) -> None:
    async with stage.fault("unreachable", "recipient"):
        await stage.pay(stage.many(6))
        at_home = await stage.pay(stage.many(6), domestic=True)
        await stage.follow(at_home, within_s=1.5)
        await stage.watch(0.3, "overseas_link_down")
    await stage.drain()
