"""What the regulator decides and does at once, after a time, or when a tester says so."""

from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import Field

from simulator.catalogue import suggest
from simulator.control.problems import Refused
from simulator.control.resource import Resource
from simulator.control.site import Here
from simulator.control.telling import put
from simulator.messages.base import Message
from simulator.regulator import rules
from simulator.regulator.lifecycle import policy
from simulator.regulator.lifecycle.consequence import CAUSES
from simulator.regulator.lifecycle.policy import BY_ITSELF, Following, Policy

router = Resource(prefix="/sandboxes/{sandbox}/policy", tags=["policy"])

Manner = Literal["immediate", "after", "manual"]
LawfulManner = Literal["immediate", "after", "manual", "statutory"]
"""`statutory` takes every step at the end of the period that the law gives the regulator."""
Span = Annotated[float, Field(ge=0, le=100 * 366 * 86_400, allow_inf_nan=False)]


class PolicyMessage(Message):
    """Body and answer of `PUT /policy`; `after_s` is sandbox time."""

    declarations: LawfulManner = "immediate"
    transmissions: Manner = "immediate"
    reinspections: Manner = "immediate"
    after_s: Span = 0.0
    contracts: LawfulManner = "immediate"
    certifications: Manner = "immediate"
    samples: Manner = "immediate"
    inspections: Manner = "immediate"
    stops: Manner = "immediate"
    suspensions: Manner = "immediate"
    deadlines: Manner = "immediate"
    """Whether a case fails when its deadline has passed."""
    alerts: Manner = "manual"
    """Whether an alert that was explained is closed."""
    alert_answered_s: Span | None = None
    """Sandbox time after which an alert without an explanation is escalated; `null`: never."""
    consequences: Annotated[dict[str, Following], Field(max_length=100)] = Field(
        default_factory=lambda: dict(BY_ITSELF)
    )
    """The order that a cause leads to: a monitoring rule, or one of `sample_wrong`,
    `sample_overdue`, `alert_escalated`."""


@router.get("", operation_id="read_policy")
async def read(here: Here) -> PolicyMessage:
    """The policy in force."""
    return PolicyMessage.model_validate(asdict(here.office.state.policy))


@router.put("", operation_id="set_policy")
async def change(here: Here, request: PolicyMessage) -> PolicyMessage:
    """From now on, whole: what is left out goes back to its default. What already waits keeps the
    time that it was given."""
    causes = [*rules.catalogued(), *CAUSES]
    for cause in request.consequences:
        if cause not in causes:
            must = f"be a cause; {suggest(cause, causes)}"
            raise Refused.invalid(f"/consequences/{cause}", cause, must)
    now = here.sandbox.clock.now()
    await put(here, "policy", policy.change_to(Policy(**request.model_dump()), now))
    return request
