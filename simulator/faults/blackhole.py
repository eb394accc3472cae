"""The witness swallows requests: the client waits until its own patience, or the fault, ends."""

import random

from simulator.faults import Hang, NoParameters, fault


@fault(
    id="blackhole",
    title="Nothing is answered until the client gives up or the fault ends",
    scopes=("regulator", "recipient"),
    moment="before",
    or_at=("after",),
)
def blackhole(parameters: NoParameters, chance: random.Random) -> Hang:
    return Hang()
