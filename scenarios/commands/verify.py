"""`reinspect verify runs/20230601-090000-seed1`: proves that a run's journal is as it was
written."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import CONFORMANT, UsageError, command

if TYPE_CHECKING:
    from scenarios.run_folder import RunFolder
    from simulator.journal.verify import Verified


def arguments(of: argparse.ArgumentParser) -> None:
    of.add_argument("run", type=Path, metavar="RUN", help="the folder of a run")


@command(
    id="verify",
    place=3,
    help="prove that a run's journal is as it was written",
    arguments=arguments,
)
def verify(options: argparse.Namespace) -> int:
    from scenarios import run_folder

    folder = run_folder.existing(options.run)
    found = verified(folder)
    print(f"{found.entries} entries, unbroken; head {found.head}")
    if not {"entries", "head"} & folder.read_run().keys():
        print(
            f"{folder.path / run_folder.RUN} does not tell how many entries there were: that none "
            "was cut off at the end is not proven",
            file=sys.stderr,
        )
    return CONFORMANT


def verified(folder: "RunFolder") -> "Verified":
    """The journal's size and head; UsageError naming the first entry that is not as it was
    written."""
    from simulator.journal.verify import verify

    facts = folder.read_run()
    with told_where_broken(folder), folder.journal.open("rb") as lines:
        return verify(lines, expected_entries=facts.get("entries"), expected_head=facts.get("head"))


@contextmanager
def told_where_broken(folder: "RunFolder") -> Iterator[None]:
    """Makes a UsageError of a journal that is not as it was written; it names the first such
    entry."""
    from simulator.journal.verify import Broken

    try:
        yield
    except Broken as broken:
        raise UsageError(
            f"{folder.journal}: {broken}; the journal was altered and proves nothing from there "
            "on: take an unaltered copy, or play the run again"
        ) from broken
