"""When the feed cannot be delivered the payment goes on, unwatched."""

from collections.abc import Sequence
from contextlib import suppress

from simulator.messages.feed import FeedEvent
from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.journey import Hindrance, Journey
from simulator.reference_platform.platform import Platform
from simulator.reference_platform.steps import Steps


@defect(
    id="sends_without_feed_link",
    title="Sends without the monitoring link",
    step="post_feed",
    meant_for="MON-05",
)
def goes_on_without_feed(honest: Steps) -> WrongStep:
    async def try_once(platform: Platform, journey: Journey, events: Sequence[FeedEvent]) -> None:
        with suppress(Hindrance):
            await honest.post_feed(platform, journey, events)

    return try_once
