"""The version seen first is announced for ever; only the regulator's refusal makes the platform
look again.
"""

from dataclasses import replace

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.journey import Hindrance, Journey
from simulator.reference_platform.platform import Platform
from simulator.reference_platform.steps import Steps


@defect(
    id="uses_stale_authorization",
    title="Uses a stale authorization",
    step="announce",
    meant_for="WHL-03",
)
def announces_first_version(honest: Steps) -> WrongStep:
    first: dict[str, int] = {}

    async def announce_old(platform: Platform, journey: Journey) -> Journey:
        assert journey.authorization is not None, "announced without choice"
        version = first.setdefault(journey.authorization, journey.authorization_version)
        try:
            return await honest.announce(platform, replace(journey, authorization_version=version))
        except Hindrance as hindrance:
            if hindrance.code != "authorization_stale":
                raise
            return await honest.announce(platform, replace(journey, attempt=journey.attempt + 1))

    return announce_old
