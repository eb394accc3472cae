"""The post brings notices twice and in the wrong order; each counts once, in its own order."""

from scenarios.stage import Stage
from scenarios.stories import story

POST_S = 0.3
"""By then, what was held back has arrived."""


@story(
    id="duplicated_and_reordered_notices",
    title="Notices come twice and out of order",
    text=(
        "A suspension and its lift are told twice over, with merchants paying at home in between."
        " Then a stop is overtaken by its own lift, and one new authorization by another. When "
        "all is calm, everything is permitted again, and merchants pay."
    ),
)
async def duplicated_and_reordered_notices(stage: Stage) -> None:
    async with stage.fault("notice_duplicated", "notices"):
        await stage.order("suspend", case=None, reason="a drill")
        await stage.wait_for_notices()
        await stage.follow(await stage.pay(4, domestic=True), within_s=1.0)
        await stage.order("lift", authorization=None)
        await stage.wait_for_notices()
    async with stage.fault(
        "notice_reordered", "notices", operations=("export.stopped",), hold_s_max=1.0
    ):
        await stage.order("stop", authorization=None, reason="another drill")
        await stage.order("lift", authorization=None)
        await stage.wait_for_notices()
    async with stage.fault(
        "notice_reordered", "notices", operations=("authorization.granted",), times=1
    ):
        await stage.grant_all()
        await stage.wait_for_notices()
    await stage.watch(POST_S, "late notices")
    await stage.pay(stage.many(8))
    await stage.drain()
