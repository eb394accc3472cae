"""The payload leaves first and is announced afterwards, to save the merchant the wait."""

from dataclasses import replace

from simulator.reference_platform.defects import WrongStep, defect, leave_now
from simulator.reference_platform.journey import Journey, Stage
from simulator.reference_platform.platform import Platform
from simulator.reference_platform.steps import Steps


@defect(
    id="sends_before_announcing",
    title="Sends before announcing",
    step="announce",
    meant_for="MON-01",
)
def sends_first(honest: Steps) -> WrongStep:
    async def send_then_announce(platform: Platform, journey: Journey) -> Journey:
        left = await leave_now(platform, journey)
        permitted = await honest.announce(platform, journey)
        if permitted.stage is Stage.PERMITTED:
            permitted = await honest.start_feed(platform, permitted)
        return replace(left, transmission=permitted.transmission)

    return send_then_announce
