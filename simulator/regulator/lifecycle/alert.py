"""What the monitoring noticed is explained by the platform, then closed, or escalated."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, get_args

from simulator.journal.events import Event
from simulator.journal.events.alert import (
    AlertAcknowledged,
    AlertClosed,
    AlertEscalated,
    AlertEvent,
    AlertRaised,
)
from simulator.messages.alert import AlertStatus
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.keeping import Keeping, Tidings, Timer, the_id
from simulator.regulator.lifecycle import certification, consequence
from simulator.regulator.refusal import Refusal, not_found, refuse

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert and what was said to it."""

    raised: AlertRaised
    status: AlertStatus = "raised"
    acknowledged: AlertAcknowledged | None = None
    """The newest explanation."""
    reason: str | None = None
    """Why it was closed or escalated."""
    ended_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.raised.id

    @property
    def platform(self) -> str:
        return self.raised.platform

    @property
    def ended(self) -> bool:
        """Closed or escalated: nothing more is said to it."""
        return self.status in ("closed", "escalated")


def acknowledge(
    state: "RegulatorState", platform: str, id: str, explanation: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Takes an explanation; a newer one replaces it until the alert has ended."""
    alert = state.alerts.get(id)
    if alert is None or alert.platform != platform:
        return not_found("alert", id)
    if alert.ended:
        return refuse("alert_ended", "path:id", id, f"be open (it is {alert.status})")
    decide_at = state.policy.decide_at(state.policy.alerts, now)
    acknowledged = AlertAcknowledged(id, explanation, now, decide_at)
    if state.policy.alerts != "immediate":
        return (acknowledged,)
    return (acknowledged, AlertClosed(id, "explained", now))


def close(
    state: "RegulatorState", id: str, reason: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The regulator is satisfied, with or without an explanation."""
    return _open(state, id) or (AlertClosed(id, reason, now),)


def escalate(
    state: "RegulatorState", id: str, reason: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The regulator is not satisfied; the policy says what follows."""
    return _open(state, id) or (AlertEscalated(id, reason, now),)


def evolve(alert: Alert | None, event: AlertEvent) -> Alert:
    """The alert after `event`; `None` before the first."""
    if isinstance(event, AlertRaised):
        return Alert(event)
    assert alert is not None, "explained before it was raised"
    if isinstance(event, AlertAcknowledged):
        return replace(alert, status="acknowledged", acknowledged=event)
    status: AlertStatus = "closed" if isinstance(event, AlertClosed) else "escalated"
    return replace(alert, status=status, reason=event.reason, ended_at=event.at)


DRAWN = Drawing(
    id="alert",
    title="The platform explains it; the regulator closes it, or escalates it.",
    evolve=evolve,
    state_of=lambda alert: alert.status,
    steps=(
        Step(BEGIN, AlertRaised, "raised"),
        Step("raised", AlertAcknowledged, "acknowledged"),
        Step("acknowledged", AlertAcknowledged, "acknowledged"),
        Step("raised", AlertClosed, "closed"),
        Step("acknowledged", AlertClosed, "closed"),
        Step("raised", AlertEscalated, "escalated"),
        Step("acknowledged", AlertEscalated, "escalated"),
    ),
)


def _keep(state: "RegulatorState", event: AlertEvent) -> None:
    state.alerts[event.id] = evolve(state.alerts.get(event.id), event)
    if isinstance(event, AlertRaised):
        limit_s = state.policy.alert_answered_s
        escalate_at = None if limit_s is None else event.at + timedelta(seconds=limit_s)
        state.unexplained[event.id] = escalate_at
    else:
        state.unexplained.pop(event.id, None)
    if isinstance(event, AlertAcknowledged):
        state.undecided[event.id] = event.decide_at
    else:
        state.undecided.pop(event.id, None)
    if isinstance(event, AlertRaised | AlertEscalated):
        consequence.keep(state, event)
    if isinstance(event, AlertRaised):
        certification.watch(state, event)


def _unexplained(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    for id, escalate_at in state.unexplained.items():
        if escalate_at is not None:
            yield escalate_at, id


def _tell_ended(state: "RegulatorState", event: AlertClosed | AlertEscalated) -> Iterator[Tidings]:
    status = "closed" if isinstance(event, AlertClosed) else "escalated"
    data = {"alert": event.id, "status": status, "reason": event.reason}
    yield Tidings(state.alerts[event.id].platform, "alert.decided", event.id, data)


KEPT = Keeping(
    kept_in="alerts",
    prefix="alr",
    folds=dict.fromkeys(get_args(AlertEvent), _keep),
    decide=lambda state, id, at: close(state, id, "explained", at.now),
    timers=(
        Timer(
            "escalate",
            _unexplained,
            lambda state, id, at: escalate(state, id, "nobody explained it in time", at.now),
        ),
    ),
    tells_unless_answered=dict.fromkeys((AlertClosed, AlertEscalated), _tell_ended),
    answers={AlertAcknowledged: the_id},
)


def _open(state: "RegulatorState", id: str) -> Refusal | None:
    alert = state.alerts.get(id)
    if alert is None:
        return not_found("alert", id)
    if alert.ended:
        return refuse("alert_ended", "path:id", id, f"be open (it is {alert.status})")
    return None
