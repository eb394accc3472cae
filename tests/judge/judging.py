"""How long the judge takes over a run of a million payments, and how much memory:

    python -m tests.judge.judging

Measurements, never assertions. An honest journal is made once and judged three times by
`reinspect judge`, as any stored run is. Processor time is that of all its processes, and memory the
most that they had together at one moment, what they share counted once.
"""

import argparse
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from loadtests import folders, machine
from loadtests.options import Parser, whole
from simulator.journal.ndjson import to_line
from tests.judge.honest_journal import Size, honest_journal

ROUNDS = 3
LOOK_EVERY_S = 2.5
"""Seldom, since to count what processes share takes time from the judge."""
CLEAN_SELECTION = 2
"""The exit code of `reinspect judge` for a clean run of one story."""


@dataclass(frozen=True, slots=True)
class Took:
    """One judging."""

    wall_s: float
    cpu_s: float
    memory_bytes: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes, judges, tells; 1 where the honest journal was not judged clean."""
    options = parse(arguments)
    folder = folders.create(options.out, "bench-judge")
    screen = Console()
    size = Size(options.payments, options.batch, options.people)
    with screen.status(f"making {size.payments:,} payments"):
        entries, journal_bytes = write(size, folder / "journal.ndjson")
    took = []
    try:
        for number in range(options.rounds):
            with screen.status(f"judging, round {number + 1} of {options.rounds}"):
                took.append(judged(folder))
    finally:
        (folder / "journal.ndjson").unlink()
    show(size, entries, journal_bytes, took, screen)
    figures = {"size": asdict(size), "entries": entries, "journal_bytes": journal_bytes}
    rounds = {"rounds": [asdict(one) for one in took], "machine": machine.described()}
    folders.write_json(folder / "bench.json", {"format": 1, **figures, **rounds})
    screen.print(f"figures: {folder / 'bench.json'}", highlight=False)
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options; wrong ones end the process with exit code 64."""
    parser = Parser(prog="python -m tests.judge.judging", description=__doc__)
    add = parser.add_argument
    add("--payments", type=whole(100, 10**7), default=10**6, metavar="N", help="(1,000,000)")
    add("--batch", type=whole(1, 10**6), default=100, metavar="N", help="in one payload (100)")
    add("--people", type=whole(1, 10**6), default=500, metavar="N", help="who pay (500)")
    add("--rounds", type=whole(1, 20), default=ROUNDS, metavar="N", help=f"({ROUNDS})")
    add("--out", type=Path, default=Path("runs"), metavar="DIR", help="where figures go (runs)")
    return parser.parse_args(arguments)


def write(size: Size, path: Path) -> tuple[int, int]:
    """Entries and bytes of the journal written."""
    entries = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for entry in honest_journal(size):
            file.write(to_line(entry))
            entries += 1
    return entries, path.stat().st_size


def judged(folder: Path) -> Took:
    """One judging by the command, as a process of its own."""
    before, began = os.times(), time.monotonic()
    command = [sys.executable, "-m", "scenarios.cli", "judge", str(folder)]
    judge = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    most = _Most(judge.pid)
    code = judge.wait()
    wall_s, after = time.monotonic() - began, os.times()
    memory_bytes = most.seen()
    if code != CLEAN_SELECTION:
        raise SystemExit(f"the honest journal in {folder} was judged with exit code {code}")
    cpu_s = after.children_user + after.children_system
    cpu_s -= before.children_user + before.children_system
    return Took(round(wall_s, 1), round(cpu_s, 1), memory_bytes)


class _Most:
    """Looks how much memory a process and its children have together, until they have gone."""

    def __init__(self, process: int) -> None:
        self._process = psutil.Process(process)
        self._most = 0
        self._ended = threading.Event()
        self._looking = threading.Thread(target=self._look)
        self._looking.start()

    def seen(self) -> int:
        """The most that was seen, in bytes."""
        self._ended.set()
        self._looking.join()
        return self._most

    def _look(self) -> None:
        while not self._ended.wait(LOOK_EVERY_S):
            with suppress(psutil.Error):
                family = [self._process, *self._process.children(recursive=True)]
                self._most = max(self._most, sum(one.memory_full_info().pss for one in family))


def show(
    size: Size, entries: int, journal_bytes: int, took: Sequence[Took], screen: Console
) -> None:
    """Prints the figures and what they were measured on."""
    table = Table(box=SIMPLE)
    for head in ("judging", "median", "least", "most"):
        table.add_column(head, justify="left" if head == "judging" else "right")
    for what, values in (
        ("wall s", [one.wall_s for one in took]),
        ("processor s", [one.cpu_s for one in took]),
        ("memory GiB", [one.memory_bytes / 2**30 for one in took]),
    ):
        table.add_row(
            what,
            f"{statistics.median(values):.1f}",
            f"{min(values):.1f}",
            f"{max(values):.1f}",
        )
    screen.print(table)
    facts = [f"{name.replace('_', ' ')} {value}" for name, value in machine.described().items()]
    screen.print(
        f"{size.payments:,} payments of {size.people:,} people in payloads of {size.batch:,}: "
        f"{entries:,} entries, {journal_bytes / 2**30:.1f} GiB; {len(took)} rounds; machine: "
        f"{', '.join(facts)}",
        highlight=False,
    )


if __name__ == "__main__":
    sys.exit(main())
