"""Somebody else speaks for the regulator: the notice is signed under its key id by another key."""

import random

from simulator.faults import Impersonate, NoParameters, fault


@fault(
    id="notice_wrong_key",
    title="The first attempt to deliver a notice is signed with a key that is not the regulator's",
    scopes=("notices",),
    moment="deliver",
)
def notice_wrong_key(parameters: NoParameters, chance: random.Random) -> Impersonate:
    return Impersonate(chance.getrandbits(64))
