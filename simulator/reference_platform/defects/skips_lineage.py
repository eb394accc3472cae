"""No lineage is recorded, so nobody can tell where a record that left came from."""

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.journey import Journey, Stage
from simulator.reference_platform.platform import Platform
from simulator.reference_platform.steps import Steps


@defect(
    id="skips_lineage",
    title="Skips lineage",
    step="record_lineage",
    meant_for="TRC-01",
)
def skips_lineage(honest: Steps) -> WrongStep:
    async def record_nothing(platform: Platform, journey: Journey) -> Journey:
        return journey.to(Stage.SETTLED)

    return record_nothing
