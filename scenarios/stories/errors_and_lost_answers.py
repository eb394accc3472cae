"""The regulator is unwell: errors, and answers that never arrive although the request was
processed."""

from scenarios.stage import Stage
from scenarios.stories import story

TO_BE_LOST = ("announce", "close", "record_lineage")


@story(
    id="errors_and_lost_answers",
    title="Errors and lost answers",
    text=(
        "For a while three requests in ten are answered with an error; then, for a while, answers"
        " to announcements and closings are lost on the way. Whatever is tried again must not "
        "take effect twice."
    ),
)
async def errors_and_lost_answers(stage: Stage) -> None:
    async with stage.fault("error_status", "regulator", probability=0.3, retry_after_s=0):
        await stage.follow(await stage.pay(stage.many(6)), within_s=0.8)
    async with stage.fault("answer_lost", "regulator", operations=TO_BE_LOST, probability=0.5):
        await stage.follow(await stage.pay(stage.many(8)), within_s=0.8)
    await stage.drain()
