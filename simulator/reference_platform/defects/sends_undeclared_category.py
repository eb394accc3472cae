"""Categories that were withdrawn from the authorization are announced no more, and sent as
before.
"""

from dataclasses import replace

from simulator.reference_platform.contracts import Contract
from simulator.reference_platform.crossing import permitted_categories
from simulator.reference_platform.defects import WrongStep, defect, leave_now
from simulator.reference_platform.journey import Hindrance, Journey, Stage
from simulator.reference_platform.platform import Platform
from simulator.reference_platform.steps import Steps


@defect(
    id="sends_undeclared_category",
    title="Sends a category that is not authorized",
    step="hold_back",
    meant_for="DEC-02",
)
def sends_what_was_withdrawn(honest: Steps) -> WrongStep:
    async def announce_less(platform: Platform, journey: Journey, hindrance: Hindrance) -> Journey:
        contract = honest.find_contract(journey.payment)
        if hindrance.code != "category_outside" or contract is None:
            return await honest.hold_back(platform, journey, hindrance)
        try:
            return await cross(platform, journey, contract)
        except Hindrance as another:
            return await honest.hold_back(platform, journey, another)

    async def cross(platform: Platform, journey: Journey, contract: Contract) -> Journey:
        """Announces what is permitted, and sends everything."""
        authorization = await platform.authorizations.current(contract)
        assert authorization is not None, "something lacked in it"
        chosen = journey.to(
            Stage.CHOSEN,
            authorization=authorization.id,
            authorization_version=authorization.version,
            categories=permitted_categories(contract, authorization),
        )
        permitted = await honest.announce(platform, chosen)
        started = await honest.start_feed(platform, permitted)
        return await leave_now(platform, replace(started, categories=contract.categories))

    return announce_less
