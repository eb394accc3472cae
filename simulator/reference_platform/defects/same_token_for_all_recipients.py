"""One key for everybody: two recipients can put together what they know of a person."""

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.steps import Steps


@defect(
    id="same_token_for_all_recipients",
    title="Gives all recipients the same token",
    step="token_key",
    meant_for="DES-04",
)
def one_key_for_all(honest: Steps) -> WrongStep:
    def always_the_same(master_key: bytes, recipient: str) -> bytes:
        return honest.token_key(master_key, "everybody")

    return always_the_same
