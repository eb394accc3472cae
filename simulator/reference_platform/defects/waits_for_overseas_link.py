"""Domestic payments queue behind those abroad, and wait with them when a link is down."""

from datetime import timedelta

from simulator.clock import wall_now
from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.journey import Hindrance, Journey, Outlook
from simulator.reference_platform.platform import Platform
from simulator.reference_platform.steps import Steps

PATIENCE = timedelta(seconds=0.3)
"""A payment abroad that takes longer blocks the queue."""


@defect(
    id="waits_for_overseas_link",
    title="Waits for the overseas link",
    step="settle_domestic",
    meant_for="RES-05",
)
def waits_for_abroad(honest: Steps) -> WrongStep:
    async def settle_in_turn(platform: Platform, journey: Journey) -> Journey:
        await platform.regulator.read_time()
        for id in platform.outbox.unfinished():
            ahead = platform.outbox.read(id)
            if ahead and not ahead.payment.domestic and wall_now() - ahead.taken_at > PATIENCE:
                raise Hindrance("queued", "payments abroad come first", Outlook.PASSES)
        return await honest.settle_domestic(platform, journey)

    return settle_in_turn
