"""What the regulator does on its own when a tester wishes it: stop, suspend, lift, revoke, inspect,
sample, grant; at once, after a time, or when released."""

from dataclasses import fields
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from simulator.catalogue import suggest
from simulator.control.problems import Refused
from simulator.control.resource import Resource
from simulator.control.site import Here
from simulator.control.telling import Told, put
from simulator.journal.events.planned_order import OrderTerms
from simulator.messages.base import CategoryCode, Country, Message, RecipientId, Time
from simulator.regulator.lifecycle import planned_order
from simulator.regulator.lifecycle.moment import Moment
from simulator.regulator.lifecycle.planned_order import PlannedOrder
from simulator.world import Site

router = Resource(prefix="/sandboxes/{sandbox}/orders", tags=["orders"])

Id = Annotated[str, StringConstraints(max_length=100)]
Reason = Annotated[str, Field(max_length=500)]
Manner = Literal["immediate", "after", "manual"]
Span = Annotated[float, Field(ge=0, le=10 * 366 * 86_400, allow_inf_nan=False)]
TERMS = frozenset(each.name for each in fields(OrderTerms))


class Order(Message):
    """What every order has; `platform` is needed only where several are registered."""

    order: str
    platform: Id | None = None
    when: Manner | None = None
    """`None` goes by the policy; `manual` waits until it is released."""
    after_s: Span | None = None
    """Sandbox time from now, with `after`."""


class Passing(Order):
    """An order that may end by itself."""

    lifted_after_s: Span | None = None
    """Sandbox time from its effect until it is lifted, or its case closed; `None` leaves it."""


class Stop(Passing):
    """Halt at once, one authorization or the whole platform (`None`)."""

    order: Literal["stop"]
    authorization: Id | None = None
    reason: Reason = "stopped by the regulator"


class Inspect(Passing):
    """An unannounced inspection opens a case."""

    order: Literal["inspect"]
    reason: Reason = "unannounced inspection"


class Suspend(Passing):
    """Suspend the whole platform within a case; `None` opens one."""

    order: Literal["suspend"]
    case: Id | None = None
    reason: Reason = "suspended by the regulator"


class Sample(Order):
    """Ask for the origin of payloads that left today, drawn by chance from the seed."""

    order: Literal["sample"]
    size: Annotated[int, Field(ge=1, le=100)] = 3
    reason: Reason = "a sample of the day"


class Lift(Order):
    """End stops and suspensions, of one authorization or of the whole platform (`None`)."""

    order: Literal["lift"]
    authorization: Id | None = None


class Revoke(Order):
    """Revoke one authorization."""

    order: Literal["revoke"]
    authorization: Id
    reason: Reason = "revoked by the regulator"


class TerminateExport(Order):
    """An accepted export no longer complies (Order 11 art. 17): it ends, until declared again."""

    order: Literal["terminate_export"]
    declaration: Id
    reason: Reason = "the export no longer complies"


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
    Stop | Inspect | Suspend | Sample | Lift | Revoke | TerminateExport | Grant,
    Field(discriminator="order"),
]


class PlannedAtAGlance(Message):
    """An order with a time of its own."""

    id: str
    status: str
    """`pending`, `carried_out`, `void` or `cancelled`."""
    order: str
    platform: str
    reason: str
    authorization: str | None
    case: str | None
    because: str | None
    """The alert, sample, order or script that led to it; `null` for a tester's wish."""
    planned_at: Time
    due_at: Time | None
    """`null` waits until it is released."""
    ended_at: Time | None
    ended_because: str | None


class OrderList(Message):
    """Orders with a time of their own."""

    items: tuple[PlannedAtAGlance, ...]


@router.post("", operation_id="give_order")
async def give(here: Here, request: OrderRequest) -> Told:
    """At once the order stands from here; planned, it stands in the list until its time. The
    platform learns of it by notice when it takes effect."""
    platform = _platform(here, request.platform)
    _check(request)
    outcome = planned_order.give(
        here.office.state,
        _terms(platform, request),
        when=request.when,
        after_s=request.after_s,
        at=moment(here),
    )
    return await put(here, request.order, outcome)


@router.get("", operation_id="list_orders")
async def read(here: Here) -> OrderList:
    """Every order that had a time of its own, oldest first; not those that stood at once."""
    return OrderList(items=tuple(_told(held) for held in here.office.state.orders.values()))


@router.post("/{id}/release", operation_id="release_order")
async def release(here: Here, id: Id) -> Told:
    """The order takes effect now, whether it waited for its time or for a hand."""
    _known(here, id)
    outcome = planned_order.run(here.office.state, id, moment(here))
    return await put(here, f"release {id}", outcome)


@router.delete("/{id}", operation_id="cancel_order")
async def cancel(here: Here, id: Id, reason: Reason = "withdrawn by a tester") -> Told:
    """The order will not take effect."""
    _known(here, id)
    now = here.sandbox.clock.now()
    outcome = planned_order.cancel(here.office.state, id, reason, now)
    return await put(here, f"cancel {id}", outcome)


def moment(site: Site) -> Moment:
    """Now, in both times."""
    wall = site.sandbox.clock.wall()
    return Moment(site.sandbox.clock.at(wall), wall, site.office.sign)


def _check(request: Order) -> None:
    if request.when == "after" and request.after_s is None:
        raise Refused.invalid("/after_s", None, 'be given where when is "after"')
    if request.when != "after" and request.after_s is not None:
        raise Refused.invalid("/after_s", request.after_s, 'come with when: "after" only')


def _terms(platform: str, request: Order) -> OrderTerms:
    """The order without when it takes effect: what it does not name stays as by default."""
    said = request.model_dump(exclude={"platform", "when", "after_s"})
    return OrderTerms(platform=platform, **{name: said[name] for name in said.keys() & TERMS})


def _told(held: PlannedOrder) -> PlannedAtAGlance:
    planned = held.planned
    return PlannedAtAGlance(
        id=held.id,
        status=held.status,
        order=planned.terms.order,
        platform=planned.terms.platform,
        reason=planned.terms.reason,
        authorization=planned.terms.authorization,
        case=planned.terms.case,
        because=planned.because,
        planned_at=planned.at,
        due_at=planned.due_at,
        ended_at=held.ended_at,
        ended_because=held.reason,
    )


def _known(site: Site, id: str) -> None:
    there = list(site.office.state.orders)
    if id not in there:
        remedy = suggest(id, there[-200:]) if there else "none was planned yet"
        raise Refused.at(
            "order_unknown",
            "path:id",
            id,
            f"name an order; {remedy}",
            detail=f"there is no order {id!r}; {remedy}",
        )


def _platform(site: Site, asked: str | None) -> str:
    registered = list(site.office.state.registrations)
    if asked is None and len(registered) == 1:
        return registered[0]
    if asked in registered:
        return asked
    wanted = "" if asked is None else asked
    detail = f"no platform {wanted!r}; {suggest(wanted, registered)}"
    if not registered:
        detail = "no platform has registered in this sandbox yet"
    must = "name a platform that is registered"
    raise Refused.at("platform_unknown", "/platform", asked, must, detail=detail)
