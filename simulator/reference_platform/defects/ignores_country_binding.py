"""The recipient is looked up, the country is not: data goes to a country outside the entry."""

from simulator.reference_platform.contracts import CONTRACTS, Contract
from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.payment import Payment
from simulator.reference_platform.steps import Steps


@defect(
    id="ignores_country_binding",
    title="Ignores that an entry binds the country",
    step="find_contract",
    meant_for="WHL-02",
)
def looks_at_recipient_only(honest: Steps) -> WrongStep:
    def contract_by_recipient(payment: Payment) -> Contract | None:
        for contract in CONTRACTS:
            if contract.recipient == payment.recipient:
                return contract
        return None

    return contract_by_recipient
