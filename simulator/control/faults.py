"""Faults: arm one, see what is armed and how often it struck, revert."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, ValidationError

from simulator import catalogue
from simulator.catalogue import suggest
from simulator.control.problems import Refused, body_invalid, errors_of
from simulator.control.resource import Resource
from simulator.control.site import Here, TheWorld
from simulator.faults import Arming, Fault, Moment, Scope, catalogue_of_faults
from simulator.messages.base import Message, Time

router = Resource(prefix="/sandboxes/{sandbox}/faults", tags=["faults"])


class FaultRequest(Message):
    """Body of `POST /faults`. It ends after `times` blows or `ttl_s` seconds of wall time,
    whichever comes first."""

    name: str
    scope: Scope
    operations: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    """Operation ids of the regulator, ids of recipients, or types of notices; none means all."""
    probability: Annotated[float, Field(gt=0, le=1)] = 1.0
    times: Annotated[int, Field(ge=1)] | None = None
    ttl_s: Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)] | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    moment: Moment | None = None
    """`before` a request is heard, or `after` it was processed, where the fault can do both."""


class Armed(Message):
    """A fault that is in force."""

    fault: str
    name: str
    scope: str
    operations: tuple[str, ...]
    probability: float
    times: int | None
    ttl_s: float | None
    parameters: dict[str, Any]
    armed_at: Time
    ends_at: datetime | None
    struck: int
    moment: Moment


class ArmedList(Message):
    """Everything that is armed, in the order of arming."""

    items: tuple[Armed, ...]


@router.post("", status_code=201, operation_id="arm_fault")
async def arm(here: Here, world: TheWorld, request: FaultRequest) -> Armed:
    """Arms a fault. It is in the journal before it strikes for the first time."""
    fault = _named(request.name)
    _check(fault, request)
    if request.scope == "connection" and not world.has_expired:
        told = f"{fault.id} strikes TLS connections, and this simulator has no expired certificate"
        remedy = "make certificates with `reinspect certificates DIR`, and serve with `--tls DIR`"
        raise Refused.at(
            "fault_unavailable", "/name", fault.id, f"wait: {remedy}", detail=f"{told}; {remedy}"
        )
    arming, entry = here.sandbox.faults.arm(
        fault.id,
        scope=request.scope,
        operations=request.operations,
        probability=request.probability,
        times=request.times,
        ttl_s=request.ttl_s,
        parameters=request.parameters,
        moment=request.moment,
    )
    await here.sandbox.durable(entry)
    return _armed(arming)


@router.get("", operation_id="list_faults")
async def read(here: Here) -> ArmedList:
    """What is armed now."""
    return ArmedList(items=tuple(_armed(arming) for arming in here.sandbox.faults))


@router.delete("/{fault}", status_code=204, operation_id="revert_fault")
async def revert(here: Here, fault: str) -> None:
    """Ends the fault at once; whoever hangs is let go."""
    armed = [arming.id for arming in here.sandbox.faults]
    if fault not in armed:
        remedy = suggest(fault, armed) if armed else "nothing is armed"
        raise Refused.at(
            "fault_unknown",
            "path:fault",
            fault,
            f"name a fault that is armed; {remedy}",
            detail=f"no fault {fault!r} is armed; {remedy}",
        )
    await here.sandbox.durable(here.sandbox.faults.revert(fault))


def _named(name: str) -> Fault:
    try:
        return catalogue.find(catalogue_of_faults(), name, what="fault")
    except catalogue.UnknownId:
        must = f"be a fault; {suggest(name, catalogue_of_faults())}"
        raise Refused.invalid("/name", name, must) from None


def _check(fault: Fault, request: FaultRequest) -> None:
    if request.scope not in fault.scopes:
        raise Refused.invalid(
            "/scope", request.scope, f"be {' or '.join(fault.scopes)} for {fault.id}"
        )
    if request.moment is not None and request.moment not in fault.moments:
        raise Refused.invalid(
            "/moment", request.moment, f"be {' or '.join(fault.moments)} for {fault.id}"
        )
    try:
        fault.parameters.model_validate(request.parameters)
    except ValidationError as mistake:
        raise body_invalid(errors_of(mistake.errors(), "/parameters")) from None


def _armed(arming: Arming) -> Armed:
    return Armed(
        fault=arming.id,
        name=arming.name,
        scope=arming.scope,
        operations=arming.operations,
        probability=arming.probability,
        times=arming.times,
        ttl_s=arming.ttl_s,
        parameters=arming.parameters,
        armed_at=arming.armed_at,
        ends_at=arming.ends_at,
        struck=arming.struck,
        moment=arming.moment,
    )
