"""A notice is overtaken: it is held until the next one has gone first, so only its sequence tells
the order."""

import random
from typing import Annotated

from pydantic import Field

from simulator.faults import HoldBack, fault
from simulator.messages.base import Message


class Reordered(Message):
    """How long the notice is held if no other follows."""

    hold_s_max: Annotated[float, Field(gt=0, le=60, allow_inf_nan=False)] = 2.0


@fault(
    id="notice_reordered",
    title="A notice is held until the next one has gone first",
    scopes=("notices",),
    moment="deliver",
    parameters=Reordered,
)
def notice_reordered(parameters: Reordered, chance: random.Random) -> HoldBack:
    return HoldBack(parameters.hold_s_max)
