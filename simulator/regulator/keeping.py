"""What a lifecycle brings to the regulator: how its events are kept and told, its ids, its timers.

To bring something, put this into a file of the folder, beside `evolve`; the folder is the list:

    KEPT = Keeping(
        kept_in="samples",  # The dictionary of `RegulatorState` that holds the aggregates.
        prefix="smp",
        folds=dict.fromkeys(get_args(SampleEvent), _keep),
        decide=lambda state, id, at: decide(state, id, True, "", at.now),
        timers=(Timer("forget_sample", _old, lambda state, id, at: forget(state, id, at.now)),),
        tells={SampleAsked: _tell},
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
from operator import attrgetter
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
class Tidings:
    """What one event has to tell to one platform."""

    platform: str
    type: str
    """Of the notice, as `simulator.messages.tidings` has it."""
    subject: str
    data: dict[str, Any]


the_id = attrgetter("id")
"""Of an event: the id of what it is about."""

Tell = Callable[["RegulatorState", Any], Iterable[Tidings]]
"""What is told of one event, whether it is folded into the state already or not."""


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
    tells: Mapping[type, Tell] = field(default_factory=dict)
    """What the platforms are told, by the kind of event."""
    tells_unless_answered: Mapping[type, Tell] = field(default_factory=dict)
    """The same, except to a platform that reads it in the answer to its own request."""
    answers: Mapping[type, Callable[[Any], str]] = field(default_factory=dict)
    """By the kind of event that comes of such a request: the id of what the answer tells about."""


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
def tells() -> dict[type, Tell]:
    """What is told of each kind of event, in any case."""
    return {kind: tell for kept in keepings().values() for kind, tell in kept.tells.items()}


@cache
def tells_unless_answered() -> dict[type, Tell]:
    """What is told of each kind of event that an answer may tell instead."""
    every = (kept.tells_unless_answered for kept in keepings().values())
    return {kind: tell for told in every for kind, tell in told.items()}


@cache
def answers() -> dict[type, Callable[[Any], str]]:
    """For each kind of event that comes of a request: the id of what the answer tells about."""
    return {kind: id for kept in keepings().values() for kind, id in kept.answers.items()}


@cache
def counted_in() -> dict[str, str]:
    """Where the aggregates are kept whose ids begin with a prefix."""
    return {kept.prefix: kept.kept_in for kept in keepings().values() if kept.prefix is not None}


def files() -> Iterator[tuple[str, Any]]:
    """Every file of the folder of lifecycles, by its name."""
    folder = importlib.import_module("simulator.regulator.lifecycle")
    for found in pkgutil.iter_modules(folder.__path__, folder.__name__ + "."):
        yield found.name.rpartition(".")[2], importlib.import_module(found.name)
