"""Merchants ask for a recipient that nobody ever declared."""

from scenarios.stage import Stage
from scenarios.stories import story


@story(
    id="recipient_outside",
    title="A recipient outside every declaration",
    text=(
        "Merchants ask the platform to settle with a recipient that it holds no authorization for."
    ),
)
async def recipient_outside(stage: Stage) -> None:
    await stage.pay(stage.many(8), to=stage.target.unlisted)
    await stage.follow(stage.unfinished, within_s=0.5)
