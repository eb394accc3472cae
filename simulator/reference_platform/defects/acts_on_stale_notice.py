"""A notice that the post brings late is obeyed again, after the lift that ended it."""

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.steps import Steps


@defect(
    id="acts_on_stale_notice",
    title="Acts on a stale notice",
    step="is_news",
    meant_for="SUS-01",
)
def obeys_old_notices(honest: Steps) -> WrongStep:
    def anything_known(sequence: int, handled: int) -> bool:
        return sequence <= handled + 1

    return anything_known
