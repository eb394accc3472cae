"""The regulator's receipt is taken for its permission."""

from simulator.reference_platform.defects import WrongStep, defect, leave_now
from simulator.reference_platform.steps import Steps


@defect(
    id="treats_received_as_accepted",
    title="Treats received as accepted",
    step="await_decision",
    meant_for="RES-03",
)
def takes_receipt_for_leave(honest: Steps) -> WrongStep:
    return leave_now
