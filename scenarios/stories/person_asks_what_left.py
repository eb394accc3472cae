"""A payer asks the platform which of his data went to whom."""

from scenarios.stage import Stage
from scenarios.stories import story


@story(
    id="person_asks_what_left",
    title="A person asks what left",
    text=(
        "People pay to every recipient and then ask the platform for recipients and categories "
        "(PIPL art. 44-45)."
    ),
    needs=("action:query_person",),
)
async def person_asks_what_left(stage: Stage) -> None:
    payers = stage.traffic.people(2)
    for recipient in stage.recipients:
        paid = await stage.pay(len(payers), to=recipient, payers=payers)
    await stage.drain()
    for each in paid:
        await stage.action("query_person", each)
