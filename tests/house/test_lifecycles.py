"""What the lifecycles bring is whole, and nobody brings what another brings already."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import get_args

import pytest

from simulator.journal.events import Event
from simulator.regulator import drawing
from simulator.regulator.keeping import Keeping, keepings
from simulator.regulator.lifecycle import timers
from simulator.regulator.state import RegulatorState


def twice(things: Iterable[Hashable]) -> list[Hashable]:
    return [thing for thing, times in Counter(things).items() if times > 1]


@pytest.fixture(params=keepings().values(), ids=list(keepings()))
def kept(request: pytest.FixtureRequest) -> Keeping:
    found: Keeping = request.param
    return found


def test_every_event_is_folded_by_one_lifecycle() -> None:
    """One that nobody folds would be forgotten; one of two would win by the order of the files."""
    folded = [kind for kept in keepings().values() for kind in kept.folds]
    union, _ = get_args(Event)

    assert twice(folded) == []
    assert set(folded) == set(get_args(union))


def test_every_prefix_is_given_by_one_lifecycle() -> None:
    prefixes = [kept.prefix for kept in keepings().values() if kept.prefix is not None]

    assert twice(prefixes) == []


def test_every_timer_belongs_to_one_lifecycle() -> None:
    """Two may share a command, such as `expire`; then the subject tells whose it is."""
    brought = [
        (command, kept.kept_in)
        for kept in keepings().values()
        for command in (
            *([timers.DECIDE] if kept.decide is not None else []),
            *(timer.command for timer in kept.timers),
        )
    ]

    assert twice(brought) == []


def test_every_event_is_told_by_one_lifecycle() -> None:
    """In any case, or unless an answer tells it, and not both."""
    told = [
        kind for kept in keepings().values() for kind in (*kept.tells, *kept.tells_unless_answered)
    ]

    assert twice(told) == []


def test_what_is_brought_is_kept_in_the_state(kept: Keeping) -> None:
    held = getattr(RegulatorState(), kept.kept_in)

    assert isinstance(held, dict) or not (kept.prefix or kept.decide or kept.timers)


def test_what_is_drawn_is_kept() -> None:
    assert set(drawing.drawings()) <= set(keepings())
