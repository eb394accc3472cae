"""An order that stands until its time: planned, then carried out, cancelled, or found void.

The regulator gives orders on its own (a consequence of an alert, a script) and for a tester; the
policy says whether a kind takes effect at once, after a time, or by hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, get_args

from simulator.journal.events import Event
from simulator.journal.events.case import InspectionOpened
from simulator.journal.events.order import ExportSuspended
from simulator.journal.events.planned_order import (
    OrderCancelled,
    OrderCarriedOut,
    OrderPlanned,
    OrderTerms,
    OrderVoided,
    PlannedOrderEvent,
)
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.keeping import Keeping, Timer
from simulator.regulator.lifecycle import authorization, case, inspection, order, validity
from simulator.regulator.lifecycle.holding import Orders
from simulator.regulator.lifecycle.moment import Moment
from simulator.regulator.refusal import Refusal, not_found, refuse

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

Status = Literal["pending", "carried_out", "void", "cancelled"]

MAY_CHANGE = {"already_suspended", "case_closed", "authorization_revoked"}
"""Refusals of an order that may have lost their reason when its time comes."""


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """An order with a time of its own, and what became of it."""

    planned: OrderPlanned
    status: Status = "pending"
    reason: str | None = None
    """Why it is void or cancelled."""
    ended_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.planned.id


def give(
    state: "RegulatorState",
    terms: OrderTerms,
    *,
    when: str | None,
    after_s: float | None,
    at: Moment,
) -> tuple[Event, ...] | Refusal:
    """A tester's order: at once, or planned, as `when` or else the policy says.

    What can never be carried out is refused at once.
    """
    manner = when or state.policy.manner_of(terms.order)
    effect = carry_out(state, terms, at)
    if isinstance(effect, Refusal) and (manner == "immediate" or effect.code not in MAY_CHANGE):
        return effect
    if manner == "immediate" and terms.lifted_after_s is None:
        return effect
    return plan(state, terms, because=None, manner=manner, after_s=after_s, at=at)


def plan(
    state: "RegulatorState",
    terms: OrderTerms,
    *,
    because: str | None,
    at: Moment,
    manner: str | None = None,
    after_s: float | None = None,
) -> tuple[Event, ...]:
    """The order stands from here; without a time of its own it takes effect in the same entry."""
    manner = manner or state.policy.manner_of(terms.order)
    ids = state.new_ids("ord")
    due_at = state.policy.decide_at(manner, at.now)
    if manner == "after" and after_s is not None:
        due_at = at.now + timedelta(seconds=after_s)
    planned = OrderPlanned(next(ids), terms, because, at.now, due_at)
    if manner != "immediate":
        return (planned,)
    return (planned, *_take_effect(state, planned, ids, at))


def run(state: "RegulatorState", id: str, at: Moment) -> tuple[Event, ...] | Refusal:
    """Its time has come, or a tester releases it."""
    held = _pending(state, id)
    if isinstance(held, Refusal):
        return held
    return tuple(_take_effect(state, held.planned, state.new_ids("ord"), at))


def cancel(
    state: "RegulatorState", id: str, reason: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """A tester withdraws it."""
    held = _pending(state, id)
    return held if isinstance(held, Refusal) else (OrderCancelled(id, reason, now),)


def carry_out(
    state: "RegulatorState", terms: OrderTerms, at: Moment
) -> tuple[Event, ...] | Refusal:
    """What the order brings about, or why the rules do not allow it."""
    platform, now = terms.platform, at.now
    match terms.order:
        case "stop":
            return order.stop(state, platform, terms.authorization, terms.reason, now)
        case "suspend":
            return order.suspend(state, platform, terms.case, terms.reason, now)
        case "lift":
            return order.lift(state, platform, terms.authorization, now)
        case "inspect":
            return case.inspect(state, platform, terms.reason, now)
        case "sample":
            return inspection.request(state, platform, terms.size, terms.reason, now, at.wall)
        case "close":
            return case.decide(state, terms.case or "", True, terms.reason, now)
        case "revoke":
            return authorization.revoke(state, terms.authorization or "", terms.reason, now)
        case "terminate_export":
            return validity.terminate_export(state, terms.declaration or "", terms.reason, now)
    assert terms.order == "grant", f"no order is called {terms.order!r}"
    return authorization.grant(
        state,
        platform,
        authorization=terms.authorization,
        recipient=terms.recipient,
        country=terms.country,
        categories=terms.categories,
        quota_records=terms.quota_records,
        valid_for_s=terms.valid_for_s,
        now=now,
        sign=at.sign,
    )


def evolve(
    held: PlannedOrder | None,
    event: PlannedOrderEvent,
) -> PlannedOrder:
    """The order after `event`; `None` before the first."""
    if isinstance(event, OrderPlanned):
        return PlannedOrder(event)
    assert held is not None, "ended before it was planned"
    if isinstance(event, OrderCarriedOut):
        return replace(held, status="carried_out", ended_at=event.at)
    status: Status = "void" if isinstance(event, OrderVoided) else "cancelled"
    return replace(held, status=status, reason=event.reason, ended_at=event.at)


DRAWN = Drawing(
    id="planned order",
    title="It waits for its time or for a hand, and ends in one of three ways.",
    evolve=evolve,
    state_of=lambda held: held.status,
    steps=(
        Step(BEGIN, OrderPlanned, "pending"),
        Step("pending", OrderCarriedOut, "carried_out"),
        Step("pending", OrderVoided, "void"),
        Step("pending", OrderCancelled, "cancelled"),
    ),
)


def _keep(state: "RegulatorState", event: PlannedOrderEvent) -> None:
    state.orders[event.id] = evolve(state.orders.get(event.id), event)
    if isinstance(event, OrderPlanned):
        state.pending_orders[event.id] = event.due_at
        state.consequences.pop(event.because or "", None)
    else:
        state.pending_orders.pop(event.id, None)


def _planned(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    for id, due_at in state.pending_orders.items():
        if due_at is not None:
            yield due_at, id


def _awaited(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    return ((led_to.at, cause) for cause, led_to in state.consequences.items())


def _follow(state: "RegulatorState", cause: str, at: Moment) -> tuple[Event, ...]:
    """What an alert or a sample leads to."""
    led_to = state.consequences.get(cause)
    return () if led_to is None else plan(state, led_to.terms, because=cause, at=at)


KEPT = Keeping(
    kept_in="orders",
    prefix="ord",
    folds=dict.fromkeys(get_args(PlannedOrderEvent), _keep),
    timers=(
        Timer("order", _planned, run),
        Timer("consequence", _awaited, _follow, of_policy=True),
    ),
)


def _take_effect(
    state: "RegulatorState", planned: OrderPlanned, ids: Iterator[str], at: Moment
) -> Iterator[Event]:
    """The order, what it brings about, and when that is lifted again."""
    terms = planned.terms
    useless = _useless(state, planned)
    if useless is not None:
        yield OrderVoided(planned.id, useless, at.now)
        return
    effect = carry_out(state, terms, at)
    if isinstance(effect, Refusal):
        yield OrderVoided(planned.id, effect.detail, at.now)
        return
    yield OrderCarriedOut(planned.id, at.now)
    yield from effect
    undone = _undone_by(terms, effect)
    if undone is not None and terms.lifted_after_s is not None:
        lifted_at = at.now + timedelta(seconds=terms.lifted_after_s)
        yield OrderPlanned(next(ids), undone, planned.id, at.now, lifted_at)


def _useless(state: "RegulatorState", planned: OrderPlanned) -> str | None:
    """Why an order that no tester asked for would only repeat or undo another; else `None`."""
    if planned.because is None:
        return None
    terms = planned.terms
    orders = state.stops.get(terms.platform, Orders())
    if terms.order in ("stop", "lift") and orders.suspended_in is not None:
        return f"{orders.suspended_in} suspends the platform, and its end ends every stop"
    if terms.order == "stop" and (
        orders.stopped or terms.authorization in orders.stopped_authorizations
    ):
        return "the export is stopped already"
    if terms.order == "lift" and orders == Orders():
        return "nothing holds any more"
    if terms.order == "inspect":
        for opened in state.cases.values():
            if opened.platform == terms.platform and not opened.closed:
                return f"{opened.id} is open already"
    return None


def _undone_by(terms: OrderTerms, effect: tuple[Event, ...]) -> OrderTerms | None:
    """The order that ends what this one brought about; `None` where there is nothing to end."""
    reason = f"the time of this {terms.order} is over"
    if terms.order == "stop":
        return OrderTerms("lift", terms.platform, reason, authorization=terms.authorization)
    for event in effect:
        if isinstance(event, InspectionOpened | ExportSuspended):
            return OrderTerms("close", terms.platform, reason, case=event.case)
    return None


def _pending(state: "RegulatorState", id: str) -> PlannedOrder | Refusal:
    held = state.orders.get(id)
    if held is None:
        return not_found("order", id)
    if held.status != "pending":
        return refuse("order_ended", "path:id", id, f"be pending (it is {held.status})")
    return held
