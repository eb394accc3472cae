"""What a lifecycle brings to the regulator: how its events are kept, its ids, and its timers.

To bring something, put this into a file of the folder, beside `evolve`; the folder is the list:

    KEPT = Keeping(
        kept_in="samples",  # The dictionary of `RegulatorState` that holds the aggregates.
        prefix="smp",
        folds=dict.fromkeys(get_args(SampleEvent), _keep),
        decide=lambda state, id, at: decide(state, id, True, "", at.now),
        timers=(Timer("forget_sample", _old, lambda state, id, at: forget(state, id, at.now)),),
    )

A lifecycle of several files brings each thing where it is written. Nothing is brought twice, and no
event is forgotten; a test in `tests/house` holds the folder to that.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from simulator.journal.events import Event
from simulator.regulator.lifecycle.moment import Moment
from simulator.regulator.refusal import Refusal

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

Fold = Callable[["RegulatorState", Any], None]
"""Makes one event part of what is known; changes the state's dictionaries, never an aggregate."""

Run = Callable[["RegulatorState", str, Moment], tuple[Event, ...] | Refusal]
"""What becomes of the subject of this id by itself; nothing where that has become void meanwhile,
and a refusal means the same."""


@dataclass(frozen=True, slots=True)
class Timer:
    """What happens by itself when its time has come."""

    command: str
    """As the journal calls it. Two lifecycles may share one, where each has subjects of its own."""
    due: Callable[["RegulatorState"], Iterable[tuple[datetime, str]]]
    """When and to what, as things stand; in any order."""
    run: Run
    of_policy: bool = False
    """The regulator does it by its own will; the rest only falls due."""
    by_wall: bool = False
    """The times are wall times: a reaction that did not come."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What one file brings."""

    kept_in: str
    """Where in `RegulatorState` it is kept."""
    folds: Mapping[type, Fold] = field(default_factory=dict)
    """By the kind of event."""
    prefix: str | None = None
    """Of the ids of its aggregates, which are counted from 1; `None` where they have other ids."""
    decide: Run | None = None
    """What is decided by itself where a decision was put off until a time (`undecided`)."""
    timers: tuple[Timer, ...] = ()


@cache
def keepings() -> dict[str, Keeping]:
    """What every file brings that brings something, by the name of the file."""
    found = {}
    for name, module in files():
        kept = getattr(module, "KEPT", None)
        if isinstance(kept, Keeping):
            found[name] = kept
    return found


@cache
def folds() -> dict[type, Fold]:
    """How each kind of event is kept."""
    return {kind: fold for kept in keepings().values() for kind, fold in kept.folds.items()}


@cache
def counted_in() -> dict[str, str]:
    """Where the aggregates are kept whose ids begin with a prefix."""
    return {kept.prefix: kept.kept_in for kept in keepings().values() if kept.prefix is not None}


def files() -> Iterator[tuple[str, Any]]:
    """Every file of the folder of lifecycles, by its name."""
    folder = importlib.import_module("simulator.regulator.lifecycle")
    for found in pkgutil.iter_modules(folder.__path__, folder.__name__ + "."):
        yield found.name.rpartition(".")[2], importlib.import_module(found.name)
