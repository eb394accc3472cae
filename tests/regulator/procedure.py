"""A declaration on its way: filed under a manner, and walked through its timers in China's days."""

from datetime import UTC, date, datetime

from simulator.journal.events import Event
from simulator.law.working_days import china_date
from simulator.messages.declaration import DeclarationRequest
from simulator.regulator.lifecycle import assessment, declaration, timers
from simulator.regulator.lifecycle.assessment import StepName, Taking
from simulator.regulator.lifecycle.declared import Declaration
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.refusal import Refusal
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import DECLARED, NOW, changed, fold, registered, sign

FAR = datetime(2033, 1, 1, tzinfo=UTC)
FILED: DeclarationRequest = changed(
    DECLARED, self_assessed_on=date(2023, 5, 20), valid_until=datetime(2026, 6, 1, tzinfo=UTC)
)
"""Complete, and for a longer time than any result of 2023 holds."""


def filed(
    manner: str = "manual", request: DeclarationRequest = FILED, now: datetime = NOW
) -> RegulatorState:
    """dcl-1 is received under this manner."""
    state = registered()
    state.policy = Policy(declarations=manner)
    fold(state, declaration.submit(state, "reg-1", request, now, sign))
    return state


def held(state: RegulatorState) -> Declaration:
    return state.declarations["dcl-1"]


def step(
    state: RegulatorState,
    name: StepName,
    now: datetime = NOW,
    *,
    reason: str = "",
    items: tuple[str, ...] = (),
    working_days: int | None = None,
) -> tuple[Event, ...] | Refusal:
    """A tester's step about dcl-1."""
    return assessment.take(state, "dcl-1", Taking(name, reason, items, working_days), now)


def take(
    state: RegulatorState,
    name: StepName,
    now: datetime = NOW,
    *,
    reason: str = "",
    items: tuple[str, ...] = (),
    working_days: int | None = None,
) -> tuple[Event, ...]:
    """The same, and it must be possible."""
    taken = step(state, name, now, reason=reason, items=items, working_days=working_days)
    return fold(state, taken)


def walk(state: RegulatorState, until: datetime = FAR) -> list[tuple[str, str]]:
    """Everything that happens by itself, each at its time: the day in China and the event."""
    happened: list[tuple[str, str]] = []
    while pending := timers.due(state, until):
        first = pending[0]
        events = timers.run(state, first, first.at, sign)
        assert events, f"{first} would be due for ever"
        fold(state, events)
        happened += [(china_date(first.at).isoformat(), event.event) for event in events]
    return happened
