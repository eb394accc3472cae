"""Each lifecycle as a table: `evolve` is tested against it, and the docs are drawn from it.

To draw a lifecycle, put this beside its `evolve`, and print the page anew:

    DRAWN = Drawing(
        id="sample",
        title="A sample is asked for and answered in time, or not.",
        evolve=evolve,
        state_of=lambda sample: sample.status,
        steps=(
            Step(BEGIN, SampleAsked, "asked"),
            Step("asked", SampleAnswered, "answered"),
        ),
    )

    python -m simulator.regulator.drawing > docs/lifecycles.md

Every step that can change the state is in the table, and no other; a step from a state to itself is
drawn only where a reader should see it. A test builds events of each kind, with every optional part
absent and present, and holds what `evolve` makes of them against the table. A lifecycle that has no
states, because it only adds, stands in `NOT_DRAWN` with its reason.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from simulator.regulator.keeping import files

BEGIN = "[*]"
"""Before the first event."""

NOT_DRAWN = {
    "feed": "only adds to what was fed",
    "lineage": "only adds to what was traced",
    "policy": "each change replaces the whole",
    "regulator_key": "is announced once and never changes",
}
"""Files of the folder whose `evolve` knows no states, and why."""

INTRODUCTION = """\
# Lifecycles

What may follow what, one machine each. The page is printed from tables in the code by
`.venv/bin/python -m simulator.regulator.drawing`, and a test holds the code to the same tables.

An arrow carries the event that the journal keeps. Where two arrows of one event leave a state, what
the event says decides.
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One arrow: in this state, this kind of event leads to that state."""

    source: str
    event: type
    target: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """One lifecycle as a table."""

    id: str
    title: str
    """One sentence under the heading."""
    evolve: Callable[[Any, Any], Any]
    state_of: Callable[[Any], str]
    """The name of the state of an aggregate, of small letters and underscores."""
    steps: tuple[Step, ...]
    begin: Any = None
    """The aggregate before the first event, where it is not `None`."""

    @property
    def first(self) -> str:
        """The state before the first event."""
        return BEGIN if self.begin is None else self.state_of(self.begin)

    @property
    def states(self) -> tuple[str, ...]:
        """Every state but the beginning, in the order of the table."""
        named = [self.first, *(name for step in self.steps for name in (step.source, step.target))]
        return tuple(name for name in dict.fromkeys(named) if name != BEGIN)


@cache
def drawings() -> dict[str, Drawing]:
    """The drawing of every lifecycle that has one, by the name of its file."""
    found = {}
    for name, module in files():
        drawn = getattr(module, "DRAWN", None)
        if isinstance(drawn, Drawing):
            found[name] = drawn
    return found


def undrawn() -> list[str]:
    """Files that evolve something and neither draw it nor say why not."""
    drawn = drawings()
    return [
        name
        for name, module in files()
        if hasattr(module, "evolve") and name not in drawn and name not in NOT_DRAWN
    ]


def page() -> str:
    """The whole page, as docs/lifecycles.md must be."""
    return "\n".join([INTRODUCTION, *map(_section, drawings().values())])


def label(event: type) -> str:
    """The event in words, as the journal calls it."""
    [kind] = [field.default for field in fields(event) if field.name == "event"]
    return str(kind).replace("_", " ")


def _section(drawn: Drawing) -> str:
    arrows = [f"    [*] --> {drawn.first}"] if drawn.first != BEGIN else []
    arrows += [f"    {step.source} --> {step.target}: {label(step.event)}" for step in drawn.steps]
    left = {step.source for step in drawn.steps}
    ends = [f"    {state} --> [*]" for state in drawn.states if state not in left]
    heading = drawn.id.capitalize()
    diagram = "\n".join(["```mermaid", "stateDiagram-v2", *arrows, *ends, "```"])
    return f"## {heading}\n\n{drawn.title}\n\n{diagram}\n"


if __name__ == "__main__":
    # The lifecycles know this module by its own name, under which it is another one than this.
    print(importlib.import_module("simulator.regulator.drawing").page(), end="")
