"""An old notice is played again: its signature is good, but it was made long ago."""

import random
from typing import Annotated

from pydantic import Field

from simulator.faults import Backdate, fault
from simulator.messages.base import Message

WINDOW_S = 300
"""Within it a signature must still be taken."""


class Stale(Message):
    """How long ago the notice was signed, as its signature says."""

    age_s: Annotated[float, Field(gt=WINDOW_S + 60, le=10**9, allow_inf_nan=False)] = 86_400.0


@fault(
    id="notice_stale",
    title="The first attempt to deliver a notice is well signed, but long ago",
    scopes=("notices",),
    moment="deliver",
    parameters=Stale,
)
def notice_stale(parameters: Stale, chance: random.Random) -> Backdate:
    return Backdate(parameters.age_s)
