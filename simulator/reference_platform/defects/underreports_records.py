"""The regulator is told of fewer records than left, so that the quota lasts longer."""

from dataclasses import replace

from simulator.reference_platform.crossing import Account
from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.journey import Journey
from simulator.reference_platform.steps import Steps


@defect(
    id="underreports_records",
    title="Underreports records",
    step="account",
    meant_for="MON-02",
)
def underreports(honest: Steps) -> WrongStep:
    def account_for_none(journey: Journey) -> Account:
        return replace(honest.account(journey), records=0)

    return account_for_none
