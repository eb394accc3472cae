"""The evidence for past exports, material 17, is not handed in, and re-inspection is asked for all
the same.
"""

from datetime import date

from simulator.messages.case import MaterialRequest
from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.steps import Steps


@defect(
    id="hands_in_sixteen_materials",
    title="Hands in sixteen materials",
    step="materials",
    meant_for="SUS-04",
)
def forgets_the_last(honest: Steps) -> WrongStep:
    def all_but_the_last(written_on: date, uscc: str) -> dict[int, MaterialRequest]:
        complete = honest.materials(written_on, uscc)
        return {number: material for number, material in complete.items() if number != 17}

    return all_but_the_last
