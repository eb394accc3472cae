"""A notice is late: the order stands from the regulator's decision, the platform hears of it
afterwards."""

import random
from typing import Annotated

from pydantic import Field

from simulator.faults import Delay, fault
from simulator.messages.base import Message


class Delayed(Message):
    """How long a notice waits before it is sent."""

    delay_s: Annotated[float, Field(gt=0, le=60, allow_inf_nan=False)] = 2.0


@fault(
    id="notice_delayed",
    title="A notice is delivered late",
    scopes=("notices",),
    moment="deliver",
    parameters=Delayed,
)
def notice_delayed(parameters: Delayed, chance: random.Random) -> Delay:
    return Delay(parameters.delay_s)
