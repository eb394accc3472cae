"""Payments wait while the suspension is fresh; then the backlog is let go without waiting for the
lift.
"""

from datetime import timedelta

from simulator.clock import wall_now
from simulator.reference_platform.defects import WrongStep, defect, send_anyway
from simulator.reference_platform.journey import Hindrance, Journey
from simulator.reference_platform.platform import Platform
from simulator.reference_platform.steps import Steps

PATIENCE = timedelta(seconds=0.5)


@defect(
    id="flushes_backlog_before_lift",
    title="Flushes the backlog before the lift",
    step="hold_back",
    meant_for="SUS-02",
)
def flushes_backlog(honest: Steps) -> WrongStep:
    async def hold_back_for_a_while(
        platform: Platform, journey: Journey, hindrance: Hindrance
    ) -> Journey:
        waited = wall_now() - journey.taken_at
        if (
            hindrance.code == "authorization_suspended"
            and waited > PATIENCE
            and not journey.has_left
        ):
            return await send_anyway(platform, journey)
        return await honest.hold_back(platform, journey, hindrance)

    return hold_back_for_a_while
