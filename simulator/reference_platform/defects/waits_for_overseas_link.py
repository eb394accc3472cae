"""Domestic payments queue behind those abroad, and run out of time there when a link is down."""

from datetime import timedelta

from simulator.clock import wall_now
from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.journey import Hindrance, Journey, Outlook
from simulator.reference_platform.platform import Platform
from simulator.reference_platform.steps import Steps

BLOCKS_AFTER = timedelta(seconds=0.3)
"""A payment abroad that takes longer blocks the queue."""
GIVES_UP_AFTER = timedelta(seconds=0.6)


@defect(
    id="waits_for_overseas_link",
    title="Waits for the overseas link",
    step="settle_domestic",
    meant_for="RES-05",
)
def waits_for_abroad(honest: Steps) -> WrongStep:
    async def settle_in_turn(platform: Platform, journey: Journey) -> Journey:
        if await is_blocked(platform):
            late = wall_now() - journey.taken_at > GIVES_UP_AFTER
            outlook = Outlook.FINAL if late else Outlook.PASSES
            raise Hindrance("queued", "payments abroad come first", outlook)
        return await honest.settle_domestic(platform, journey)

    return settle_in_turn


async def is_blocked(platform: Platform) -> bool:
    """Whether the regulator is away, or a payment abroad is stuck."""
    try:
        await platform.regulator.read_time()
    except Hindrance:
        return True
    ahead = [platform.outbox.read(id) for id in platform.outbox.unfinished()]
    return any(
        payment is not None
        and not payment.payment.domestic
        and wall_now() - payment.taken_at > BLOCKS_AFTER
        for payment in ahead
    )
