"""One story a file: a script of stimuli, what the world does to the platform. A story judges
nothing.

Stories and requirements are independent. Every requirement is judged over the evidence of every
story, so a story offers opportunities to sin, watches the reaction to the end of its window, and
goes.
"""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from simulator import catalogue

if TYPE_CHECKING:
    from scenarios.stage import Stage

Play = Callable[["Stage"], Awaitable[None]]


@dataclass(frozen=True)
class Story:
    """One script of stimuli."""

    id: str
    title: str
    text: str
    play: Play
    opening: bool = False
    """It is played before all others."""
    irreversible: bool = False
    """The platform cannot go on as before after it, so it is played last."""
    needs: tuple[str, ...] = ()
    """What the target must offer: `action:<name>`, `domestic` or `clock`."""


def story(
    *,
    id: str,
    title: str,
    text: str,
    opening: bool = False,
    irreversible: bool = False,
    needs: tuple[str, ...] = (),
) -> Callable[[Play], Story]:
    """Makes the decorated script the one story of its file."""

    def enter(play: Play) -> Story:
        return Story(id, title, text, play, opening, irreversible, needs)

    return enter


@cache
def catalogue_of_stories() -> dict[str, Story]:
    """Every story by id."""
    return catalogue.entries(sys.modules[__name__], Story)


def in_order_of_play(stories: list[Story]) -> list[Story]:
    """The opening story first, the irreversible ones last, by id between."""
    return sorted(stories, key=lambda story: (story.irreversible, not story.opening, story.id))
