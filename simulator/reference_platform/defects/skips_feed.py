"""Nothing is fed: the regulator watches a transmission in which nothing happens."""

from collections.abc import Sequence

from simulator.messages.feed import FeedEvent
from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.journey import Journey
from simulator.reference_platform.platform import Platform
from simulator.reference_platform.steps import Steps


@defect(
    id="skips_feed",
    title="Skips the feed",
    step="post_feed",
    meant_for="MON-01",
)
def skips_feed(honest: Steps) -> WrongStep:
    async def say_nothing(
        platform: Platform, journey: Journey, events: Sequence[FeedEvent]
    ) -> None:
        return None

    return say_nothing
