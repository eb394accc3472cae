"""Nothing special happens: the day that every other day is measured against."""

from scenarios.stage import Stage
from scenarios.stories import story


@story(
    id="ordinary_day",
    title="An ordinary day",
    text=(
        "200 merchants pay through the platform: most to the recipients abroad, some payers to "
        "every one of them, a few at home. Nobody disturbs anything."
    ),
    opening=True,
)
async def ordinary_day(stage: Stage) -> None:
    regulars = stage.traffic.people(stage.many(20))
    for recipient in stage.recipients:
        await stage.pay(len(regulars), to=recipient, payers=regulars)
    await stage.pay(stage.many(150))
    await stage.pay(stage.many(10), domestic=True)
    await stage.drain()
