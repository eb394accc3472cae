"""Payments are kept in memory only; a kill takes those that were accepted and not yet sent."""

from pathlib import Path

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.outbox import Outbox
from simulator.reference_platform.steps import Steps


@defect(
    id="loses_payments_on_restart",
    title="Loses payments on restart",
    step="open_outbox",
    meant_for="RES-04",
)
def keeps_in_memory(honest: Steps) -> WrongStep:
    def open_in_memory(state: Path) -> Outbox:
        return Outbox(":memory:")

    return open_in_memory
