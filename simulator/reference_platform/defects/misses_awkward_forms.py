"""The mask knows plain digits only; whatever is written in another way passes it whole."""

import re

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.steps import Steps

PLAIN = re.compile(r"1[0-9]{10}|[0-9]{17}[0-9X]")


@defect(
    id="misses_awkward_forms",
    title="Misses awkward forms",
    step="last_four",
    meant_for="DES-08",
)
def masks_plain_digits_only(honest: Steps) -> WrongStep:
    def mask_plain(value: str) -> str:
        return value[-4:] if PLAIN.fullmatch(value) else value

    return mask_plain
