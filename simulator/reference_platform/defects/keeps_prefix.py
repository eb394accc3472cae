"""The old mask: the first digits stay readable as well, and with them region and birth date."""

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.desensitise import normalise
from simulator.reference_platform.steps import Steps

MOBILE_DIGITS = 11


@defect(
    id="keeps_prefix",
    title="Keeps the prefix",
    step="last_four",
    meant_for="DES-01",
)
def keeps_prefix(honest: Steps) -> WrongStep:
    def first_and_last(value: str) -> str:
        plain = normalise(value)
        kept = 10 if len(plain) > MOBILE_DIGITS else 7
        return f"{plain[:kept]}****{plain[-4:]}"

    return first_and_last
