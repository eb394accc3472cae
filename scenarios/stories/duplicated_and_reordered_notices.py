"""The post brings notices twice and in the wrong order; each counts once, in the regulator's
order."""

from scenarios.stage import Stage
from scenarios.stories import story


@story(
    id="duplicated_and_reordered_notices",
    title="Notices come twice and out of order",
    text=(
        "Stop, lift and new authorizations follow one another quickly, while notices are "
        "duplicated and then "
        "overtake one another. When all is calm, everything is permitted again and merchants pay."
    ),
)
async def duplicated_and_reordered_notices(stage: Stage) -> None:
    async with stage.fault("notice_duplicated", "notices"):
        await stage.order("stop", authorization=None, reason="a drill")
        await stage.order("lift", authorization=None)
        await stage.wait_for_notices()
        await stage.pay(4)
    async with stage.fault("notice_reordered", "notices", hold_s_max=0.3):
        await stage.order("stop", authorization=None, reason="another drill")
        await stage.order("lift", authorization=None)
        await stage.grant_all()
        await stage.wait_for_notices()
    await stage.pay(8)
    await stage.drain()
