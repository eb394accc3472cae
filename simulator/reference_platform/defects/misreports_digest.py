"""The digest that the regulator is told is not that of the bytes that left."""

import hashlib
from dataclasses import replace

from simulator.reference_platform.crossing import Account
from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.journey import Journey
from simulator.reference_platform.steps import Steps


@defect(
    id="misreports_digest",
    title="Misreports the digest",
    step="account",
    meant_for="MON-02",
)
def misreports_digest(honest: Steps) -> WrongStep:
    def account_for_another(journey: Journey) -> Account:
        digest = hashlib.sha256(journey.id.encode()).hexdigest()
        return replace(honest.account(journey), payloads=(digest,))

    return account_for_another
