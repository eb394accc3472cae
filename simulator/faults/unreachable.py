"""The witness cannot be reached: the connection closes without a byte, and nothing was heard."""

import random

from simulator.faults import Drop, NoParameters, fault


@fault(
    id="unreachable",
    title="The connection is closed without an answer; the request is not heard",
    scopes=("regulator", "recipient"),
    moment="before",
)
def unreachable(parameters: NoParameters, chance: random.Random) -> Drop:
    return Drop()
