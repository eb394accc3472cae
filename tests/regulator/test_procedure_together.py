"""Every state of a declaration is reached by what platform, tester and time can do."""

import copy
from collections import deque
from datetime import UTC, datetime
from typing import get_args

from simulator.journal.events import Event
from simulator.messages.declaration import DeclarationStatus as Status
from simulator.regulator.lifecycle import assessment, declaration, policy, timers
from simulator.regulator.lifecycle.declared import IN_FORCE
from simulator.regulator.refusal import Refusal
from simulator.regulator.state import RegulatorState
from tests.regulator.acting import Outcome
from tests.regulator.declaring import COMMANDS, LONG
from tests.regulator.lawful import NOW, REGISTERED, sign

LATER = datetime(2024, 6, 3, tzinfo=UTC)
"""Under a law that knows extensions."""


def test_every_state_is_reached_by_commands_and_time() -> None:
    """Each status, from each that was found before, by every command and by every timer."""
    first = RegulatorState()
    first.fold_all((REGISTERED, *policy.change(
        declarations="manual", transmissions="manual", reinspections="manual", after_s=0, now=NOW
    )))  # fmt: skip
    first.fold_all(_taken(declaration.submit(first, "reg-1", LONG, NOW, sign)))
    found = {"received": first}
    waiting = deque(["received"])
    while waiting:
        state = found[waiting.popleft()]
        for after in _successors(state):
            status = after.declarations["dcl-1"].status
            if status not in found:
                found[status] = after
                waiting.append(status)

    assert set(found) == set(get_args(Status))


def _successors(state: RegulatorState) -> list[RegulatorState]:
    """Every state one command or one timer later; a re-declaration is accepted too."""
    then = LATER if state.declarations["dcl-1"].status in IN_FORCE else NOW
    outcomes = [command(state, "dcl-1", then) for command in COMMANDS.values()]
    outcomes += [
        timers.run(state, due, due.at, sign)
        for due in timers.due(state, datetime(2033, 1, 1, tzinfo=UTC))
    ]
    if "dcl-2" in state.declarations:
        outcomes.append(assessment.decide(state, "dcl-2", True, "", then, sign))
    successors = []
    for outcome in outcomes:
        if not isinstance(outcome, Refusal) and outcome:
            after = copy.deepcopy(state)
            after.fold_all(outcome)
            successors.append(after)
            if "dcl-2" in after.declarations and "dcl-2" not in state.declarations:
                successors += _successors(after)
    return successors


def _taken(outcome: Outcome) -> tuple[Event, ...]:
    assert not isinstance(outcome, Refusal), outcome
    return outcome
