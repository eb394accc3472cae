"""The server's certificate has expired: whoever verifies it must not connect.

It strikes while a connection is made, before it is known whom it leads to: every client of the
platforms' port meets it, whatever its sandbox. A client that has a connection keeps it. No entry
tells of a handshake; the reverting says how many there were.
"""

import random

from simulator.faults import NoParameters, ShowExpired, fault


@fault(
    id="certificate_expired",
    title="A new TLS connection is shown a certificate that has expired",
    scopes=("connection",),
    moment="connect",
)
def certificate_expired(parameters: NoParameters, chance: random.Random) -> ShowExpired:
    return ShowExpired()
