"""The same answer, said in another way that the published schema allows: who reads JSON as the
schema describes it sees no difference."""

import random
from typing import Annotated, get_args

from pydantic import Field

from simulator.acts import Freedom
from simulator.faults import Respell, fault
from simulator.messages.base import Message


class UnusualAnswer(Message):
    """Which freedoms of the schema are used, each here and there by chance: `order` of members,
    white `spaces`, unicode `escapes`, form of `times` (`+08:00`) and `numbers` (`1.0`, `1e0`),
    `defaults` left out, `texts` grown long, `extras` that no reader knows."""

    freedoms: Annotated[tuple[Freedom, ...], Field(min_length=1)] = get_args(Freedom)


@fault(
    id="unusual_answer",
    title="The true answer comes in an unusual form that the schema allows",
    scopes=("regulator",),
    moment="after",
    parameters=UnusualAnswer,
)
def unusual_answer(parameters: UnusualAnswer, chance: random.Random) -> Respell:
    return Respell(chance.getrandbits(64), parameters.freedoms)
