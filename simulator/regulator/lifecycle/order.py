"""The regulator halts an export and lets it go on: stops, suspensions, and their lifting."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, get_args

from simulator.clock import rfc3339
from simulator.journal.events import Event
from simulator.journal.events.case import InspectionOpened
from simulator.journal.events.order import ExportLifted, ExportStopped, ExportSuspended, OrderEvent
from simulator.law import limits
from simulator.regulator.drawing import Drawing, Step
from simulator.regulator.keeping import Keeping, Tidings
from simulator.regulator.lifecycle.case import keep_order
from simulator.regulator.lifecycle.holding import Orders
from simulator.regulator.refusal import Refusal, not_found, refuse

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState


def stop(
    state: "RegulatorState", platform: str, authorization: str | None, reason: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Halt at once, until lifted. A stop that holds already is told again."""
    unknown = _unknown(state, platform, authorization)
    return unknown or (ExportStopped(platform, authorization, reason, now),)


def suspend(
    state: "RegulatorState", platform: str, case: str | None, reason: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Suspend the whole platform within `case`, or within a new one; its 30 days run from here."""
    unknown = _unknown(state, platform, None)
    if unknown is not None:
        return unknown
    suspended_in = state.stops.get(platform, Orders()).suspended_in
    if suspended_in is not None:
        return refuse("already_suspended", "/case", case, f"wait: {suspended_in} suspends already")
    deadline = now + timedelta(days=limits.PROFILE.rectification_days)
    if case is None:
        opened = state.next_id("cas")
        return (
            InspectionOpened(opened, platform, reason, now),
            ExportSuspended(platform, opened, deadline, now),
        )
    known = state.cases.get(case)
    if known is None or known.platform != platform:
        return not_found("case", case, "/case")
    if known.closed:
        return refuse("case_closed", "/case", case, f"be open (it is {known.status})")
    return (ExportSuspended(platform, case, deadline, now),)


def lift(
    state: "RegulatorState", platform: str, authorization: str | None, now: datetime
) -> tuple[Event, ...] | Refusal:
    """End what holds: one authorization's own stop, or everything. Nothing where nothing holds."""
    unknown = _unknown(state, platform, authorization)
    if unknown is not None:
        return unknown
    orders = state.stops.get(platform, Orders())
    if authorization is None:
        holds = orders != Orders()
        return (ExportLifted(platform, None, orders.suspended_in, now),) if holds else ()
    if authorization in orders.stopped_authorizations:
        return (ExportLifted(platform, authorization, None, now),)
    return ()


def evolve(orders: Orders, event: OrderEvent) -> Orders:
    """What holds after `event`."""
    if isinstance(event, ExportSuspended):
        return replace(orders, suspended_in=event.case)
    if isinstance(event, ExportLifted):
        if event.authorization is None:
            return Orders()
        left = orders.stopped_authorizations - {event.authorization}
        return replace(orders, stopped_authorizations=left)
    if event.authorization is None:
        return replace(orders, stopped=True)
    stopped = orders.stopped_authorizations | {event.authorization}
    return replace(orders, stopped_authorizations=stopped)


def _holding(orders: Orders) -> str:
    """What holds against the platform, the gravest first."""
    if orders.suspended_in is not None:
        return "suspended"
    return "stopped" if orders.stopped or orders.stopped_authorizations else "free"


DRAWN = Drawing(
    id="order",
    title="Stops and suspensions of one platform; lifting the whole platform ends them all.",
    evolve=evolve,
    state_of=_holding,
    steps=(
        Step("free", ExportStopped, "stopped"),
        Step("free", ExportSuspended, "suspended"),
        Step("stopped", ExportStopped, "stopped"),
        Step("stopped", ExportSuspended, "suspended"),
        Step("stopped", ExportLifted, "free"),
        Step("suspended", ExportLifted, "free"),
    ),
    begin=Orders(),
)


def _keep(state: "RegulatorState", event: OrderEvent) -> None:
    state.stops[event.platform] = evolve(state.stops.get(event.platform, Orders()), event)
    if not isinstance(event, ExportStopped):
        keep_order(state, event)


def _tell(_: "RegulatorState", event: OrderEvent) -> Iterator[Tidings]:
    if isinstance(event, ExportSuspended):
        data = {"case": event.case, "deadline": rfc3339(event.deadline)}
        yield Tidings(event.platform, "export.suspended", event.platform, data)
        return
    subject = event.authorization or event.platform
    if isinstance(event, ExportStopped):
        stopped = {"authorization": event.authorization}
        yield Tidings(event.platform, "export.stopped", subject, stopped)
    else:
        lifted = {"authorization": event.authorization, "case": event.case}
        yield Tidings(event.platform, "export.lifted", subject, lifted)


KEPT = Keeping(
    kept_in="stops",
    folds=dict.fromkeys(get_args(OrderEvent), _keep),
    tells=dict.fromkeys(get_args(OrderEvent), _tell),
)


def _unknown(state: "RegulatorState", platform: str, authorization: str | None) -> Refusal | None:
    if platform not in state.registrations:
        return not_found("registration", platform, "/platform")
    if authorization is None:
        return None
    known = state.authorizations.get(authorization)
    if known is None or known.platform != platform:
        return not_found("authorization", authorization, "/authorization")
    return None
