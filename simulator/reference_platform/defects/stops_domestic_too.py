"""A suspension of the export is taken for a suspension of everything: payments at home are
refused.
"""

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.journey import Journey, Stage
from simulator.reference_platform.platform import Platform
from simulator.reference_platform.steps import Steps


@defect(
    id="stops_domestic_too",
    title="Stops domestic payments too",
    step="settle_domestic",
    meant_for="SUS-01",
)
def stops_at_home_too(honest: Steps) -> WrongStep:
    async def settle_if_exporting(platform: Platform, journey: Journey) -> Journey:
        if platform.orders.suspended:
            return journey.to(Stage.REFUSED, reason="the platform is suspended")
        return await honest.settle_domestic(platform, journey)

    return settle_if_exporting
