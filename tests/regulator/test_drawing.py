"""What is drawn is what the code does: every step is driven, and every state is reached."""

import itertools
import types
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from simulator.regulator import drawing
from simulator.regulator.drawing import BEGIN, Drawing, drawings
from tests.regulator.lawful import NOW

PAGE = Path(__file__).parents[2] / "docs" / "lifecycles.md"
KEPT_A_STATE = 12
"""How many different aggregates of one state are followed further."""


def examples(kind: Any) -> list[Any]:
    """Values of a type: every optional part absent and present, a list empty and with one item."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return list(parts)
    if origin in (types.UnionType, typing.Union):
        return [value for part in parts for value in examples(part)]
    if origin is tuple:
        return [(), (examples(parts[0])[0],)]
    if origin is dict or kind is dict:
        return [{}]
    if is_dataclass(kind) and isinstance(kind, type):
        return list(built(kind))
    plain: dict[Any, list[Any]] = {
        str: ["x"],
        int: [1],
        float: [1.0],
        bool: [False, True],
        datetime: [NOW],
        date: [NOW.date()],
        type(None): [None],
        typing.Any: [None],
    }
    return plain[kind]


def built(kind: type) -> Iterator[Any]:
    """Every combination of the examples of the fields."""
    hints = typing.get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    for values in itertools.product(*(examples(hints[name]) for name in names)):
        yield kind(**dict(zip(names, values, strict=True)))


@pytest.fixture(params=drawings().values(), ids=lambda drawn: drawn.id)
def drawn(request: pytest.FixtureRequest) -> Drawing:
    found: Drawing = request.param
    return found


def explored(drawn: Drawing) -> tuple[set[str], set[tuple[str, type, str]]]:
    """Every state reached by steps of the table, and where those kinds of events really led."""
    kept: dict[str, list[Any]] = {drawn.first: [drawn.begin]}
    waiting = [(drawn.first, drawn.begin)]
    led = set()
    while waiting:
        source, aggregate = waiting.pop()
        for kind in {step.event: None for step in drawn.steps if step.source == source}:
            for event in built(kind):
                after = drawn.evolve(aggregate, event)
                target = drawn.state_of(after)
                led.add((source, kind, target))
                known = kept.setdefault(target, [])
                if len(known) < KEPT_A_STATE and after not in known:
                    known.append(after)
                    waiting.append((target, after))
    return set(kept), led


def test_every_step_leads_where_it_is_drawn_and_nowhere_else(drawn: Drawing) -> None:
    _, led = explored(drawn)
    table = {(step.source, step.event, step.target) for step in drawn.steps}

    assert table - led == set()
    assert {step for step in led - table if step[0] != step[2]} == set()


def test_every_state_is_reached(drawn: Drawing) -> None:
    reached, _ = explored(drawn)

    assert reached - {BEGIN} == set(drawn.states)


def test_no_step_is_drawn_twice(drawn: Drawing) -> None:
    assert len(drawn.steps) == len(set(drawn.steps))


def test_a_wrong_table_is_noticed() -> None:
    """The test above would see a step that is missing, and one too many."""
    right = drawings()["transmission"]
    cut = Drawing(
        id="cut",
        title="",
        evolve=right.evolve,
        state_of=lambda held: "refused" if held.status == "accepted" else held.status,
        steps=right.steps,
    )
    _, led = explored(cut)

    assert {(s.source, s.event, s.target) for s in right.steps} - led != set()


def test_the_page_is_fresh() -> None:
    """`.venv/bin/python -m simulator.regulator.drawing > docs/lifecycles.md` makes it so."""
    assert PAGE.read_text(encoding="utf-8") == drawing.page()


def test_every_lifecycle_is_drawn_or_has_no_states() -> None:
    assert drawing.undrawn() == []
