"""The decisions that wait for a hand: declarations, transmissions, filings, re-inspections."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from simulator.catalogue import suggest
from simulator.control.problems import Refused
from simulator.control.site import Here
from simulator.control.telling import Told, put
from simulator.messages.base import Message
from simulator.regulator.lifecycle import case, certification, contract, declaration, transmission
from simulator.world import Site

router = APIRouter(prefix="/sandboxes/{sandbox}/decisions", tags=["decisions"])


class DecisionRequest(Message):
    """Body of `POST /decisions`."""

    subject: Annotated[str, StringConstraints(max_length=100)]
    """Id of a declaration, a transmission, a contract, a certification or a case."""
    accept: bool
    reason: Annotated[str, Field(max_length=500)] = ""


@router.post("", operation_id="decide")
async def decide(here: Here, request: DecisionRequest) -> Told:
    """Accepts or refuses; the platform learns of it by notice."""
    state, office = here.office.state, here.office
    now = here.sandbox.clock.now()
    subject, accept, reason = request.subject, request.accept, request.reason
    if subject in state.declarations:
        outcome = declaration.decide(state, subject, accept, reason, now, office.sign)
    elif subject in state.transmissions:
        outcome = transmission.decide(state, subject, accept, reason, now)
    elif subject in state.contracts:
        outcome = contract.decide(state, subject, accept, reason, now)
    elif subject in state.certifications:
        outcome = certification.decide(state, subject, accept, reason, now)
    elif subject in state.cases:
        outcome = case.decide(state, subject, accept, reason, now)
    else:
        raise _unknown(here, subject)
    return await put(here, f"{'accept' if accept else 'refuse'} {subject}", outcome)


def _unknown(site: Site, subject: str) -> Refused:
    state = site.office.state
    there = [
        *state.declarations,
        *state.transmissions,
        *state.contracts,
        *state.certifications,
        *state.cases,
    ]
    remedy = suggest(subject, there[-200:]) if there else "nothing was submitted yet"
    return Refused("subject_unknown", f"there is no {subject!r} to decide; {remedy}")
