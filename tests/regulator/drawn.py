"""Watches a state being folded: what changes state does so by a step that is drawn."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from simulator.journal.events import Event
from simulator.regulator.drawing import BEGIN, drawings, label
from simulator.regulator.keeping import keepings
from simulator.regulator.state import RegulatorState

Taken = tuple[str, str, type, str]
"""The lifecycle, where it stood, the event, and where that led."""

STEPS: dict[Taken, None] = {
    (id, step.source, step.event, step.target): None
    for id, drawn in drawings().items()
    for step in drawn.steps
}
"""Every step that is drawn, in the order of the page."""


def fold_as_drawn(state: RegulatorState, event: Event, taken: Counter[Taken]) -> None:
    """Folds the event and counts the steps that it takes; fails where a lifecycle goes a way that
    its drawing does not show."""
    before = {id: dict(_kept(state, id)) for id in drawings()}
    state.fold(event)
    for id, drawn in drawings().items():
        for name, held in _kept(state, id).items():
            former: Any = before[id].get(name, drawn.begin)
            if former is held:
                continue
            source = BEGIN if former is None else drawn.state_of(former)
            step = (id, source, type(event), drawn.state_of(held))
            assert source == step[-1] or step in STEPS, f"{step} is not drawn"
            if step in STEPS:
                taken[step] += 1


def report(taken: Counter[Taken]) -> Iterator[str]:
    """How many of the steps that are drawn were taken, which were taken least, and which never."""
    yield f"{len(taken)} of the {len(STEPS)} steps that are drawn were taken"
    for step, times in sorted(taken.items(), key=lambda one: one[1])[:10]:
        yield f"  {times:7} times  {_in_words(step)}"
    for step in STEPS:
        if step not in taken:
            yield f"    never        {_in_words(step)}"


def _in_words(step: Taken) -> str:
    id, source, event, target = step
    return f"{drawings()[id].id}: {source} --> {target}: {label(event)}"


def _kept(state: RegulatorState, id: str) -> dict[str, Any]:
    kept: dict[str, Any] = getattr(state, keepings()[id].kept_in)
    return kept
