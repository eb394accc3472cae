"""Amounts are rounded to the hundred, and settlement no longer adds up."""

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.steps import Steps


@defect(
    id="rounds_amounts",
    title="Rounds amounts",
    step="exact_amount",
    meant_for="DES-09",
)
def rounds_amounts(honest: Steps) -> WrongStep:
    def round_number(amount_minor: int, currency: str) -> str:
        return honest.exact_amount(round(amount_minor, -2), currency)

    return round_number
