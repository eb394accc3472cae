"""The hardest question for a client: the request was processed, but its answer never arrives."""

import random

from simulator.faults import Drop, NoParameters, fault


@fault(
    id="answer_lost",
    title="The request is processed, then the connection closes without an answer",
    scopes=("regulator", "recipient"),
    moment="after",
)
def answer_lost(parameters: NoParameters, chance: random.Random) -> Drop:
    return Drop()
