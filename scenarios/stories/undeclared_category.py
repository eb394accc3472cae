"""The authorization loses categories that the platform has been sending."""

from scenarios.stage import Stage
from scenarios.stories import story

WITHDRAWN = ("M02", "M03")


@story(
    id="undeclared_category",
    title="Two mandatory categories are no longer authorized",
    text=(
        "The regulator grants new versions without transaction amounts (M02) and real-name "
        "mobiles (M03); merchants pay as before."
    ),
)
async def undeclared_category(stage: Stage) -> None:
    for recipient in stage.recipients:
        await stage.grant(recipient, without=WITHDRAWN)
    await stage.wait_for_notices()
    # What was under way may still arrive under the former version; from then on nothing may.
    await stage.watch(stage.target.limits.revocation_s + 0.1, "narrower authorization")
    await stage.pay(stage.many(10))
    await stage.follow(stage.unfinished, within_s=0.6)
