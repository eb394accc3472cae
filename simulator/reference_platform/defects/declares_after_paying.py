"""The payment is made, and only then declared; the declaration it leaves under is younger than the
payload.
"""

from dataclasses import replace

from simulator.reference_platform.authorizations import period_of
from simulator.reference_platform.connection import declaration_of
from simulator.reference_platform.contracts import CONTRACTS
from simulator.reference_platform.defects import WrongStep, defect, leave_now
from simulator.reference_platform.journey import Journey, Stage
from simulator.reference_platform.platform import Platform
from simulator.reference_platform.steps import Steps


@defect(
    id="declares_after_paying",
    title="Declares after paying",
    step="announce",
    meant_for="DEC-01",
)
def pays_first(honest: Steps) -> WrongStep:
    async def pay_then_declare(platform: Platform, journey: Journey) -> Journey:
        left = await leave_now(platform, journey)
        contract = honest.find_contract(journey.payment) or CONTRACTS[0]
        body = declaration_of(contract, *period_of(contract, platform.regulator))
        declared = await platform.regulator.post(
            "/declarations", body.encode(), key=journey.key("declare")
        )
        covered = replace(
            journey,
            authorization=declared["authorization"] or journey.authorization,
            authorization_version=1,
        )
        permitted = await honest.announce(platform, covered)
        if permitted.stage is Stage.PERMITTED:
            permitted = await honest.start_feed(platform, permitted)
        return replace(left, transmission=permitted.transmission)

    return pay_then_declare
