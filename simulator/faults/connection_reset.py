"""The connection is torn down (RST), as by a machine that died or by a firewall: no orderly close
comes, and what was under way is lost."""

import random

from simulator.faults import NoParameters, Reset, fault


@fault(
    id="connection_reset",
    title="The connection is reset before the request is heard, or after it was processed",
    scopes=("regulator", "recipient"),
    moment="before",
    or_at=("after",),
)
def connection_reset(parameters: NoParameters, chance: random.Random) -> Reset:
    return Reset()
