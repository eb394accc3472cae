"""Any recipient will do: a payment to one without a contract is announced under another's."""

from simulator.reference_platform.contracts import CONTRACTS, Contract
from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.payment import Payment
from simulator.reference_platform.steps import Steps


@defect(
    id="sends_to_unlisted_recipient",
    title="Sends to a recipient that is not listed",
    step="find_contract",
    meant_for="DEC-09",
)
def takes_any_recipient(honest: Steps) -> WrongStep:
    known = {contract.recipient for contract in CONTRACTS}

    def contract_for_anyone(payment: Payment) -> Contract | None:
        found = honest.find_contract(payment)
        return CONTRACTS[0] if found is None and payment.recipient not in known else found

    return contract_for_anyone
