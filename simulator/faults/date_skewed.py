"""The witness's clock is off: the `Date` of an answer is not the time, and all else is right."""

import random
from typing import Annotated

from pydantic import Field

from simulator.faults import Skew, fault
from simulator.messages.base import Message


class DateSkewed(Message):
    """Positive is ahead of the time, negative is behind it."""

    seconds: Annotated[float, Field(ge=-(10**9), le=10**9, allow_inf_nan=False)] = -3600.0


@fault(
    id="date_skewed",
    title="The true answer comes with a Date that is off",
    scopes=("regulator", "recipient"),
    moment="after",
    parameters=DateSkewed,
)
def date_skewed(parameters: DateSkewed, chance: random.Random) -> Skew:
    return Skew(parameters.seconds)
