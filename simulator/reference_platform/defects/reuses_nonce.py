"""A nonce comes from a counter that is not shared between workers: now and then one is used
twice.
"""

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.steps import Steps

EVERY = 7


@defect(
    id="reuses_nonce",
    title="Reuses a nonce",
    step="nonce",
    meant_for="SEC-03",
)
def reuses_nonces(honest: Steps) -> WrongStep:
    made: list[str] = []

    def now_and_then_an_old_one() -> str:
        made.append(honest.nonce() if len(made) % EVERY or not made else made[-1])
        return made[-1]

    return now_and_then_an_old_one
