"""The recipient is known, the country is not: an entry binds both."""

from scenarios.stage import Stage
from scenarios.stories import story
from scenarios.target import Recipient


@story(
    id="country_outside",
    title="A country outside the authorization",
    text=(
        "Merchants ask for a recipient that is authorized, but in a country that its "
        "authorization does not name."
    ),
)
async def country_outside(stage: Stage) -> None:
    for recipient in stage.recipients:
        await stage.pay(4, to=Recipient(recipient.id, stage.target.unlisted.country))
    await stage.follow(stage.unfinished, within_s=0.5)
