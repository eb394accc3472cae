"""One subcommand of `reinspect` a file: its words, its help, and what it does.

The exit code says the kind of the outcome. A file imports what it works with only when it runs, so
that `reinspect --help` answers at once.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass

from simulator import catalogue

CONFORMANT, NOT_CONFORMANT, INCONCLUSIVE, USAGE, OUR_FAILURE = 0, 1, 2, 64, 70

Arguments = Callable[[argparse.ArgumentParser], None]
Run = Callable[[argparse.Namespace], int]


class UsageError(Exception):
    """Something that the user can mend; the message says how."""


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand."""

    id: str
    """What a user types."""
    place: int
    """Where it stands in the help: what is wanted first comes first."""
    help: str
    arguments: Arguments
    """Adds its options to the parser."""
    run: Run
    """Does the work and returns the exit code."""


def command(*, id: str, place: int, help: str, arguments: Arguments) -> Callable[[Run], Command]:
    """Makes the decorated function the one subcommand of its file."""

    def enter(run: Run) -> Command:
        return Command(id, place, help, arguments, run)

    return enter


def catalogue_of_commands() -> dict[str, Command]:
    """Every subcommand of this room by id, in the order of the help."""
    found = catalogue.entries(sys.modules[__name__], Command)
    return dict(sorted(found.items(), key=lambda named: named[1].place))
