"""Whether the contract or the certificate on which a declaration rests still carries it.

A stop that came with the suspension of a certificate may be lifted together with others, and a
tester may grant anew what was revoked with a contract; neither gives back what the papers lost.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.journal.events.declaration import DeclarationReceived
    from simulator.regulator.state import RegulatorState


def lost_by(state: "RegulatorState", received: "DeclarationReceived") -> str | None:
    """Why nothing may leave on its papers now; `None` where they are in force, or none are needed.

    A contract that took the place of another carries what rested on that one.
    """
    if received.contract is not None and not _is_filed(state, received.contract):
        return f"{received.contract} is {state.contracts[received.contract].status}"
    certification = state.certifications.get(received.certification or "")
    if certification is not None and certification.status != "certified":
        return f"{certification.id} is {certification.status}"
    return None


def _is_filed(state: "RegulatorState", id: str) -> bool:
    """The contract, or one that took its place."""
    return state.contracts[id].status == "filed" or any(
        later.received.replaces == id and _is_filed(state, later.id)
        for later in state.contracts.values()
    )
