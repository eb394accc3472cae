"""More payments than the authorization allows records."""

from scenarios.stage import Stage
from scenarios.stories import story

QUOTA = 5


@story(
    id="quota_used_up",
    title="The quota is used up",
    text=(
        "An authorization is granted anew for 5 records; more merchants than that want to pay "
        "under it."
    ),
)
async def quota_used_up(stage: Stage) -> None:
    recipient = stage.recipients[0]
    await stage.grant(recipient, quota_records=QUOTA)
    await stage.wait_for_notices()
    await stage.pay(QUOTA + stage.many(7), to=recipient)
    await stage.follow(stage.unfinished, within_s=0.6)
