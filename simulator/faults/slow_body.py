"""The answer trickles: its headers come at once, its body in small parts over a long time, so that
a limit on each read alone never ends the waiting."""

import random
from typing import Annotated

from pydantic import Field

from simulator.faults import Trickle, fault
from simulator.messages.base import Message


class SlowBody(Message):
    """The body comes in `parts` of about the same size, spread over `over_s`."""

    over_s: Annotated[float, Field(ge=0, le=300, allow_inf_nan=False)] = 5.0
    parts: Annotated[int, Field(ge=2, le=1000)] = 10


@fault(
    id="slow_body",
    title="The request is processed, and the body of its answer trickles",
    scopes=("regulator", "recipient"),
    moment="after",
    parameters=SlowBody,
)
def slow_body(parameters: SlowBody, chance: random.Random) -> Trickle:
    return Trickle(parameters.over_s, parameters.parts)
