"""A notice gets lost on its way: the attempt reaches nobody, and only a retry or polling will bring
it."""

import random

from simulator.faults import Lose, NoParameters, fault


@fault(
    id="notice_dropped",
    title="The first attempt to deliver a notice is lost",
    scopes=("notices",),
    moment="deliver",
)
def notice_dropped(parameters: NoParameters, chance: random.Random) -> Lose:
    return Lose()
