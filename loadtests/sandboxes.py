"""What a sandbox costs: to create, to fork, and to have hundreds of them side by side.

    python -m loadtests.sandboxes

Measurements, never assertions. Every median stands beside that of a bare server which is sent as
much through the same client, so that a ratio can be compared between machines.
"""

import argparse
import asyncio
import itertools
import signal
import statistics
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from loadtests import folders, machine, registered
from loadtests.bench import ANNOUNCING, Bench, served, volley_of
from loadtests.options import USAGE, Parser, UsageError, whole
from loadtests.outgoing import Request
from loadtests.run import OUR_FAILURE, UNCERTAIN
from loadtests.volley import fire
from loadtests.whole import CARRIED
from loadtests.world import PATIENCE_S, World

PASSCODE = "bench-passcode"
ENTRIES = 1000
"""Of the sandbox that is forked."""
CREATED = 50
FORKED = 20
IDLE_S = 5.0
AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Took:
    """One operation, each time that it was done, in milliseconds, the processor time that the
    simulator used for one, and the floor's median."""

    what: str
    times_ms: tuple[float, ...]
    processor_ms: float
    floor_ms: float

    @property
    def median_ms(self) -> float:
        return statistics.median(self.times_ms)


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Many sandboxes, one request to each at once, and then silence."""

    sandboxes: int
    answered: int
    lasted_s: float
    idle_share: float
    """Of a core, while nobody speaks to any of them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures everything once and returns the exit code."""
    screen = Console()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        options = parse(arguments)
        folder = folders.create(options.out, "sandboxes")
        took, beside = run(folder, options.sandboxes)
    except UsageError as mistake:
        print(f"sandboxes: {mistake}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("sandboxes: interrupted", file=sys.stderr)
        return UNCERTAIN
    except Exception:
        traceback.print_exc()
        return OUR_FAILURE
    show(took, beside, screen)
    figures = {
        "format": 1,
        "machine": machine.described(),
        "took": [{**asdict(each), "median_ms": each.median_ms} for each in took],
        "side_by_side": asdict(beside),
    }
    folders.write_json(folder / "sandboxes.json", figures)
    screen.print(f"figures: {folder / 'sandboxes.json'}", highlight=False)
    return CARRIED


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options; wrong ones end the process with exit code 64."""
    parser = Parser(prog="python -m loadtests.sandboxes", description="What a sandbox costs.")
    add = parser.add_argument
    add("--sandboxes", type=whole(1, 5_000), default=500, metavar="N", help="side by side (500)")
    add("--out", type=Path, default=Path("runs"), metavar="DIR", help="where figures go (runs)")
    return parser.parse_args(arguments)


def run(folder: Path, sandboxes: int) -> tuple[list[Took], SideBySide]:
    """Everything, on a simulator and a floor of their own."""
    with served(folder) as (world, floor, processes):
        least_ms = _floor(floor)
        names = (f"made-{number}" for number in itertools.count())
        took = Taking(processes["simulator"], least_ms)
        created = took.of(
            "create a sandbox",
            lambda: world.create(next(names), passcode=PASSCODE, seed=1),
            CREATED,
        )
        _fill(world, "origin")
        forks = [f"fork-{number}" for number in range(FORKED)]
        ahead, behind = iter(forks), iter(forks)
        forked = took.of(
            f"fork one of {ENTRIES:,} entries",
            lambda: world.fork("origin", next(ahead)),
            FORKED,
        )
        opened = took.of("the fork's first answer", lambda: world.entries(next(behind)), FORKED)
        beside = asyncio.run(_side_by_side(world, sandboxes, processes["simulator"]))
    return [created, forked, opened], beside


@dataclass(frozen=True, slots=True)
class Taking:
    """Does an operation many times, while one process works for it."""

    process: int
    floor_ms: float

    def of(self, what: str, work: Callable[[], object], times: int) -> Took:
        """How long each of so many takes, and what one of them costs the process."""
        before_s = machine.used_s(self.process)
        times_ms = _timed(work, times)
        used_s = machine.used_s(self.process) - before_s
        return Took(what, times_ms, used_s * 1000 / times, self.floor_ms)


def _floor(url: str) -> float:
    """What a request as long as theirs takes where nothing is done, in milliseconds."""
    body = {"id": "made-0", "passcode": PASSCODE, "seed": 1}
    with httpx.Client(timeout=PATIENCE_S, trust_env=False) as client:
        return statistics.median(_timed(lambda: client.post(url, json=body), CREATED))


def _timed(work: Callable[[], object], times: int) -> tuple[float, ...]:
    """How long each of so many takes, in milliseconds."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return tuple(took)


def _fill(world: World, sandbox: str) -> None:
    """A sandbox with that many entries: registration, declaration, announcements."""
    world.create(sandbox, passcode=PASSCODE, seed=1)
    standing = world.connect(sandbox, passcode=PASSCODE, seed=1)
    bench = Bench(standing, world.recipients(sandbox), 1)
    missing = ENTRIES - world.entries(sandbox)
    requests = [bench.announce(bench.next_number()).written().data for _ in range(missing)]
    volley_of(ANNOUNCING, world.url, requests, PATIENCE_S)
    assert world.entries(sandbox) == ENTRIES


async def _side_by_side(world: World, sandboxes: int, process: int) -> SideBySide:
    """One registration in each of many sandboxes, all at once, and a while of silence."""
    requests = []
    for number in range(sandboxes):
        id = f"beside-{number}"
        world.create(id, passcode=PASSCODE, seed=number)
        body = registered.registration(number, PASSCODE)
        url = f"{world.regulator(id)}/registrations"
        headers = {"Content-Type": registered.JSON}
        requests.append(Request("POST", url, headers, body).written().data)
    volley = await fire(world.url, requests, at_once=AT_ONCE, seconds=PATIENCE_S)
    assert not volley.wrong, volley.wrong[0]
    await asyncio.sleep(1.0)  # What the requests asked for comes to its end.
    watch = machine.Watch({"simulator": process})
    await asyncio.sleep(IDLE_S)
    idle = watch.shares()["simulator"]
    return SideBySide(sandboxes, volley.answered, volley.lasted_s, idle)


def show(took: Sequence[Took], beside: SideBySide, screen: Console) -> None:
    """Prints the table and what stood side by side."""
    table = Table(box=SIMPLE)
    table.add_column("operation", no_wrap=True)
    for column in ("times", "median ms", "worst ms", "processor ms", "floor ms", "ratio"):
        table.add_column(column, justify="right")
    for each in took:
        table.add_row(
            each.what,
            str(len(each.times_ms)),
            f"{each.median_ms:.1f}",
            f"{max(each.times_ms):.1f}",
            f"{each.processor_ms:.1f}",
            f"{each.floor_ms:.1f}",
            f"{each.median_ms / each.floor_ms:.1f}",
        )
    screen.print(table)
    screen.print(
        f"{beside.sandboxes} sandboxes side by side: {beside.answered} registrations answered in "
        f"{beside.lasted_s:.2f} s, each on disk; afterwards idle at {beside.idle_share:.1%} of a "
        "core",
        highlight=False,
    )
    facts = [f"{name.replace('_', ' ')} {value}" for name, value in machine.described().items()]
    screen.print(f"machine: {', '.join(facts)}", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
