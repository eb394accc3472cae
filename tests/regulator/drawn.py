"""Watches a state being folded: what changes state does so by a step that is drawn."""

from typing import Any

from simulator.journal.events import Event
from simulator.regulator.drawing import BEGIN, drawings
from simulator.regulator.keeping import keepings
from simulator.regulator.state import RegulatorState

STEPS = {
    id: {(step.source, step.event, step.target) for step in drawn.steps}
    for id, drawn in drawings().items()
}


def fold_as_drawn(state: RegulatorState, event: Event) -> None:
    """Folds the event; fails where a lifecycle goes a way that its drawing does not show."""
    before = {id: dict(_kept(state, id)) for id in drawings()}
    state.fold(event)
    for id, drawn in drawings().items():
        for name, held in _kept(state, id).items():
            former: Any = before[id].get(name, drawn.begin)
            if former is held:
                continue
            source = BEGIN if former is None else drawn.state_of(former)
            target = drawn.state_of(held)
            taken = (source, type(event), target)
            assert source == target or taken in STEPS[id], f"{id}: {taken} is not drawn"


def _kept(state: RegulatorState, id: str) -> dict[str, Any]:
    kept: dict[str, Any] = getattr(state, keepings()[id].kept_in)
    return kept
