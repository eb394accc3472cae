"""The decisions that wait for a hand: declarations step by step, transmissions, filings,
re-inspections."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from simulator.catalogue import suggest
from simulator.control.problems import Refused
from simulator.control.resource import Resource
from simulator.control.site import Here
from simulator.control.telling import Told, put
from simulator.messages.base import Message
from simulator.regulator.lifecycle import assessment, case, certification, contract, transmission
from simulator.regulator.lifecycle.assessment import StepName, Taking

router = Resource(prefix="/sandboxes/{sandbox}/decisions", tags=["decisions"])


class DecisionRequest(Message):
    """Body of `POST /decisions`: straight to the result, or one step of a declaration."""

    subject: Annotated[str, StringConstraints(max_length=100)]
    """Id of a declaration, a transmission, a contract, a certification or a case."""
    accept: bool | None = None
    step: StepName | None = None
    """Of a declaration only; which one is possible depends on its status."""
    reason: Annotated[str, Field(max_length=500)] = ""
    items: Annotated[
        tuple[Annotated[str, StringConstraints(min_length=1, max_length=500)], ...],
        Field(max_length=100),
    ] = ()
    """With `return` what is missing, with `ask_supplement` what must be supplemented."""
    working_days: Annotated[int, Field(ge=1, le=250)] | None = None
    """With `ask_supplement` how long the platform is given, with `extend_assessment` how much
    longer it takes; `None` takes the number of the rule pack."""

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        """A step has no result, and a result is no step."""
        if (self.accept is None) == (self.step is None):
            raise ValueError("give accept or step, and not both")
        return self


@router.post("", operation_id="decide")
async def decide(here: Here, request: DecisionRequest) -> Told:
    """Accepts, refuses, or takes one step; the platform learns of it by notice."""
    state, office = here.office.state, here.office
    now = here.sandbox.clock.now()
    subject, reason = request.subject, request.reason
    if request.step is not None:
        if subject not in state.declarations:
            raise _unknown(subject, list(state.declarations))
        taking = Taking(request.step, reason, request.items, request.working_days)
        taken = assessment.take(state, subject, taking, now)
        return await put(here, f"{request.step} {subject}", taken)
    accept = bool(request.accept)
    if subject in state.declarations:
        outcome = assessment.decide(state, subject, accept, reason, now, office.sign)
    elif subject in state.transmissions:
        outcome = transmission.decide(state, subject, accept, reason, now)
    elif subject in state.contracts:
        outcome = contract.decide(state, subject, accept, reason, now)
    elif subject in state.certifications:
        outcome = certification.decide(state, subject, accept, reason, now)
    elif subject in state.cases:
        outcome = case.decide(state, subject, accept, reason, now)
    else:
        there = [
            *state.declarations,
            *state.transmissions,
            *state.contracts,
            *state.certifications,
            *state.cases,
        ]
        raise _unknown(subject, there)
    return await put(here, f"{'accept' if accept else 'refuse'} {subject}", outcome)


def _unknown(subject: str, there: list[str]) -> Refused:
    remedy = suggest(subject, there[-200:]) if there else "nothing was submitted yet"
    return Refused.at(
        "subject_unknown",
        "/subject",
        subject,
        f"name what waits for a decision; {remedy}",
        detail=f"there is no {subject!r} to decide; {remedy}",
    )
