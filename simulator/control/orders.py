"""What the regulator does on its own when a tester wishes it: stop, suspend, lift, revoke, inspect,
grant."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from simulator.catalogue import suggest
from simulator.control.problems import Refused
from simulator.control.site import Here
from simulator.control.telling import Told, put
from simulator.journal.events import Event
from simulator.messages.base import CategoryCode, Country, Message, RecipientId
from simulator.regulator.lifecycle import authorization, case, order
from simulator.regulator.refusal import Refusal
from simulator.world import Site

router = APIRouter(prefix="/sandboxes/{sandbox}/orders", tags=["orders"])

Id = Annotated[str, StringConstraints(max_length=100)]
Reason = Annotated[str, Field(max_length=500)]
Outcome = tuple[Event, ...] | Refusal


class Order(Message):
    """What every order has; `platform` is needed only where several are registered."""

    platform: Id | None = None


class Stop(Order):
    """Halt at once, one authorization or the whole platform (`None`)."""

    order: Literal["stop"]
    authorization: Id | None = None
    reason: Reason = "stopped by the regulator"


class Inspect(Order):
    """An unannounced inspection opens a case."""

    order: Literal["inspect"]
    reason: Reason = "unannounced inspection"


class Suspend(Order):
    """Suspend the whole platform within a case; `None` opens one."""

    order: Literal["suspend"]
    case: Id | None = None
    reason: Reason = "suspended by the regulator"


class Lift(Order):
    """End stops and suspensions, of one authorization or of the whole platform (`None`)."""

    order: Literal["lift"]
    authorization: Id | None = None


class Revoke(Order):
    """Revoke one authorization."""

    order: Literal["revoke"]
    authorization: Id
    reason: Reason = "revoked by the regulator"


class Grant(Order):
    """A new version of an authorization, named by its id or by recipient and country."""

    order: Literal["grant"]
    authorization: Id | None = None
    recipient: RecipientId | None = None
    country: Country | None = None
    categories: Annotated[tuple[CategoryCode, ...], Field(max_length=32)] | None = None
    """`None` keeps what was declared."""
    quota_records: Annotated[int, Field(ge=0, le=10_000_000_000)]
    valid_for_s: Annotated[float, Field(gt=0, le=10 * 366 * 86_400, allow_inf_nan=False)]


OrderRequest = Annotated[
    Stop | Inspect | Suspend | Lift | Revoke | Grant, Field(discriminator="order")
]


@router.post("", operation_id="give_order")
async def give(here: Here, request: OrderRequest) -> Told:
    """The order stands from here; the platform learns of it by notice."""
    platform = _platform(here, request.platform)
    return await put(here, request.order, _carry_out(here, platform, request))


def _carry_out(site: Site, platform: str, request: OrderRequest) -> Outcome:
    state, now = site.office.state, site.sandbox.clock.now()
    match request:
        case Stop():
            return order.stop(state, platform, request.authorization, request.reason, now)
        case Inspect():
            return case.inspect(state, platform, request.reason, now)
        case Suspend():
            return order.suspend(state, platform, request.case, request.reason, now)
        case Lift():
            return order.lift(state, platform, request.authorization, now)
        case Revoke():
            return authorization.revoke(state, request.authorization, request.reason, now)
        case Grant():
            return authorization.grant(
                state,
                platform,
                authorization=request.authorization,
                recipient=request.recipient,
                country=request.country,
                categories=request.categories,
                quota_records=request.quota_records,
                valid_for_s=request.valid_for_s,
                now=now,
                sign=site.office.sign,
            )


def _platform(site: Site, asked: str | None) -> str:
    registered = list(site.office.state.registrations)
    if asked is None and len(registered) == 1:
        return registered[0]
    if asked in registered:
        return asked
    if not registered:
        raise Refused("platform_unknown", "no platform has registered in this sandbox yet")
    wanted = "" if asked is None else asked
    raise Refused("platform_unknown", f"no platform {wanted!r}; {suggest(wanted, registered)}")
