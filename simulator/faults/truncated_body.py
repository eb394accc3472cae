"""The answer breaks off: its headers promise a whole body, the connection closes after a part of
it."""

import random
from typing import Annotated

from pydantic import Field

from simulator.faults import Truncate, fault
from simulator.messages.base import Message


class TruncatedBody(Message):
    """`kept` is the share of the body that still arrives."""

    kept: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = 0.5


@fault(
    id="truncated_body",
    title="The request is processed, and its answer breaks off in the middle",
    scopes=("regulator", "recipient"),
    moment="after",
    parameters=TruncatedBody,
)
def truncated_body(parameters: TruncatedBody, chance: random.Random) -> Truncate:
    return Truncate(parameters.kept)
