"""What the regulator decides at once, after a time, or when a tester says so."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from simulator.control.site import Here
from simulator.control.telling import put
from simulator.messages.base import Message
from simulator.regulator.lifecycle import policy

router = APIRouter(prefix="/sandboxes/{sandbox}/policy", tags=["policy"])

Manner = Literal["immediate", "after", "manual"]
LawfulManner = Literal["immediate", "after", "manual", "statutory"]
"""`statutory` decides at the end of the period that the law gives the regulator."""


class PolicyMessage(Message):
    """Body and answer of `PUT /policy`; `after_s` is sandbox time."""

    declarations: Manner = "immediate"
    transmissions: Manner = "immediate"
    reinspections: Manner = "immediate"
    after_s: Annotated[float, Field(ge=0, le=100 * 366 * 86_400, allow_inf_nan=False)] = 0.0
    contracts: LawfulManner = "immediate"
    certifications: Manner = "immediate"


@router.get("", operation_id="read_policy")
async def read(here: Here) -> PolicyMessage:
    """The policy in force."""
    return PolicyMessage.model_validate(asdict(here.office.state.policy))


@router.put("", operation_id="set_policy")
async def change(here: Here, request: PolicyMessage) -> PolicyMessage:
    """From now on; requests that already wait keep the time that they were given."""
    now = here.sandbox.clock.now()
    await put(here, "policy", policy.change(**request.model_dump(), now=now))
    return request
