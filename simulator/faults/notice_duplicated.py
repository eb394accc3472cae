"""A notice arrives more than once: delivery is at least once, so a platform acts on its id, not on
its arrival."""

import random
from typing import Annotated

from pydantic import Field

from simulator.faults import Repeat, fault
from simulator.messages.base import Message


class Duplicated(Message):
    """How many copies follow the first delivery."""

    copies: Annotated[int, Field(ge=1, le=10)] = 1


@fault(
    id="notice_duplicated",
    title="A notice is delivered more than once",
    scopes=("notices",),
    moment="deliver",
    parameters=Duplicated,
)
def notice_duplicated(parameters: Duplicated, chance: random.Random) -> Repeat:
    return Repeat(parameters.copies)
