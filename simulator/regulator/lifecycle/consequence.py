"""What an alert or a sample leads to by itself: the policy in force when it happened says it.

A consequence waits in the state and is drawn by a timer at once, so that no crash can lose it. The
order that is planned because of it takes it away.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.journal.events.alert import AlertEscalated, AlertRaised
from simulator.journal.events.inspection import SampleAnswered, SampleOverdue
from simulator.journal.events.planned_order import OrderTerms

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

CAUSES = ("sample_wrong", "sample_overdue", "alert_escalated")
"""What can have a consequence besides the alerts of each monitoring rule."""
SAMPLE_SIZE = 3


@dataclass(frozen=True, slots=True)
class Consequence:
    """An order that a cause leads to, drawn at the sandbox time of its cause."""

    terms: OrderTerms
    at: datetime


def keep(
    state: "RegulatorState", event: AlertRaised | AlertEscalated | SampleAnswered | SampleOverdue
) -> None:
    """What `event` leads to waits from here."""
    follows = of(state, event)
    if follows is not None:
        state.consequences[event.id] = follows


def of(
    state: "RegulatorState", event: AlertRaised | AlertEscalated | SampleAnswered | SampleOverdue
) -> Consequence | None:
    """What `event` leads to under the policy in force, where it leads to anything."""
    match event:
        case AlertRaised():
            cause, platform, authorization = event.rule, event.platform, event.authorization
        case AlertEscalated():
            raised = state.alerts[event.id].raised
            cause, platform = "alert_escalated", raised.platform
            authorization = raised.authorization
        case SampleAnswered() | SampleOverdue():
            if isinstance(event, SampleAnswered) and not event.mistakes:
                return None
            wrong = isinstance(event, SampleAnswered)
            cause = "sample_wrong" if wrong else "sample_overdue"
            platform, authorization = state.inspections[event.id].platform, None
    order = state.policy.consequences.get(cause)
    if order is None:
        return None
    own = state.authorizations.get(authorization or "")
    terms = OrderTerms(
        order,
        platform,
        f"{cause}: {event.id}",
        authorization=own.id if order == "stop" and own and own.platform == platform else None,
        size=SAMPLE_SIZE if order == "sample" else 0,
    )
    return Consequence(terms, event.at)
