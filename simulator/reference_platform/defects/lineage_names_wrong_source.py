"""Lineage is recorded, but it leads to a payment that does not exist."""

from dataclasses import replace

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.journey import Journey
from simulator.reference_platform.platform import Platform
from simulator.reference_platform.steps import Steps


@defect(
    id="lineage_names_wrong_source",
    title="Names a wrong source in the lineage",
    step="record_lineage",
    meant_for="TRC-01",
)
def names_another_source(honest: Steps) -> WrongStep:
    async def record_another(platform: Platform, journey: Journey) -> Journey:
        recorded = await honest.record_lineage(platform, replace(journey, id=f"{journey.id}-batch"))
        return replace(recorded, id=journey.id)

    return record_another
