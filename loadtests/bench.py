"""Rates of single operations in one run: `python -m loadtests.bench`. Measurements, never
assertions.

Every rate is the median of three rounds and stands beside that of a bare server which is sent the
same bytes through the same client. So a ratio can be compared between machines where a rate cannot.
Everything acknowledged is on disk, so announcements and payloads are also appends to the journal.
"""

import argparse
import asyncio
import itertools
import json
import os
import shutil
import signal
import statistics
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import uvloop
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from loadtests import folders, machine, registered
from loadtests.options import USAGE, Parser, UsageError, number, whole
from loadtests.outgoing import Request
from loadtests.processes import running
from loadtests.registered import Connection, Standing
from loadtests.run import OUR_FAILURE, UNCERTAIN
from loadtests.volley import Volley, fire
from loadtests.whole import CARRIED
from loadtests.world import World, simulator

ROUNDS = 3
PASSCODE = "bench-passcode"
SANDBOX = "bench"
PREPARATION_S = 60.0
RECORDS = 1000
"""Announced for each transmission, as much as the largest body feeds."""
CLIENT_BUSY_MAX = 0.9
"""A client that uses more of its core may have been the limit."""


class BenchFailed(Exception):
    """The simulator did not take what is lawful; the rate would be one of refusals."""


@dataclass(frozen=True, slots=True)
class Case:
    """One operation at one concurrency."""

    what: str
    units: int
    """How many of them one request holds."""
    at_once: int
    a_second_max: int
    """Requests that are made for each second of a round; whoever answers them all ends early."""
    make: Callable[["Bench", int], Request]
    """The request of this number, signed."""
    must_hold: bytes = b""
    """What every right answer says."""
    feeds: bool = False
    """Each request needs a transmission of its own, announced before."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A case, its rounds and those of the floor, in units a second."""

    what: str
    at_once: int
    rates: tuple[float, ...]
    floor: tuple[float, ...]
    client_busy: float
    """The highest share of a core that the client used in any round."""

    @property
    def ratio(self) -> float:
        """The median rate in proportion to the floor's."""
        return statistics.median(self.rates) / statistics.median(self.floor)

    @property
    def spread(self) -> float:
        """How far the rounds lie apart, in proportion to their median."""
        return (max(self.rates) - min(self.rates)) / statistics.median(self.rates)


@dataclass(frozen=True, slots=True)
class Measurements:
    """All cases of one run, and what they were measured on."""

    cases: list[Measured]
    machine: dict[str, str | int]


class Bench:
    """A registered platform and the requests that it will send."""

    def __init__(self, standing: Standing, recipients: str, seed: int) -> None:
        self._connection = Connection(
            standing.regulator, seed=seed, key_id=standing.key_id, name="bench"
        )
        self._announcement = registered.announcement(standing, records=RECORDS)
        self._recipients = recipients
        self._numbers = itertools.count(1)
        self._open: list[str] = []
        """Transmissions that nothing was fed of yet."""

    def next_number(self) -> int:
        """A number that no request had before."""
        return next(self._numbers)

    def open_transmissions(self, count: int, url: str) -> None:
        """Announces so many transmissions, for the feeds that follow."""
        requests = [self.announce(self.next_number()).written().data for _ in range(count)]
        answers: list[bytes] = []
        volley_of(ANNOUNCING, url, requests, PREPARATION_S, answers)
        self._open = [json.loads(answer)["id"] for answer in answers]

    def announce(self, number: int) -> Request:
        """An announcement."""
        return self._connection.request(
            "POST", "/transmissions", self._announcement, key=f"announce-{number}"
        )

    def feed(self, lines: int) -> Request:
        """So many events of a transmission that has had none."""
        return self._connection.request(
            "POST",
            "/feed",
            registered.progress(self._open.pop(), lines),
            media_type=registered.NDJSON,
        )

    def payload(self, number: int) -> Request:
        """A payload for the recipient abroad."""
        body = f"{number:0{registered.PAYLOAD_BYTES}}".encode()
        url = f"{self._recipients}/{registered.RECIPIENT}/settlements"
        return Request("POST", url, {"Content-Type": "text/plain"}, body)


ACCEPTED = b'"status":"accepted"'
NOTHING_REFUSED = b'"refused":[],"alerts":[]'
ANNOUNCING = Case("announcements", 1, 64, 2_000, lambda b, n: b.announce(n), ACCEPTED)
CASES = (
    replace(ANNOUNCING, at_once=1, a_second_max=1_000),
    ANNOUNCING,
    Case("payloads", 1, 1, 2_000, lambda b, n: b.payload(n)),
    Case("payloads", 1, 64, 6_000, lambda b, n: b.payload(n)),
    Case("events, 1 a body", 1, 16, 1_500, lambda b, n: b.feed(1), NOTHING_REFUSED, True),
    Case("events, 100 a body", 100, 16, 200, lambda b, n: b.feed(100), NOTHING_REFUSED, True),
    Case("events, 1000 a body", 1000, 4, 30, lambda b, n: b.feed(1000), NOTHING_REFUSED, True),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures everything once and returns the exit code."""
    screen = Console()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # The servers end with the bench.
    try:
        options = parse(arguments)
        folder = folders.create(options.out, "bench")
        measured = run(options, folder, screen)
    except UsageError as mistake:
        print(f"bench: {mistake}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("bench: interrupted", file=sys.stderr)
        return UNCERTAIN
    except Exception:
        traceback.print_exc()
        return OUR_FAILURE
    show(measured, screen)
    folders.write_json(folder / "bench.json", as_json(measured, options))
    screen.print(f"figures: {folder / 'bench.json'}", highlight=False)
    return CARRIED


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options; wrong ones end the process with exit code 64."""
    parser = Parser(
        prog="python -m loadtests.bench",
        description="Measures single operations, as rates and as ratios to a bare server.",
    )
    add = parser.add_argument
    add("--seconds", type=number(0.1, 10), default=1.0, metavar="S", help="of each round (1)")
    add("--seed", type=whole(0, 2**63 - 1), default=1, metavar="N", help="seed of the keys (1)")
    add("--out", type=Path, default=Path("runs"), metavar="DIR", help="where figures go (runs)")
    return parser.parse_args(arguments)


def run(options: argparse.Namespace, folder: Path, screen: Console) -> Measurements:
    """Every case, one after the other, on a simulator and a floor of their own."""
    with screen.status("starting") as status, served(folder) as (world, floor, processes):
        world.open(SANDBOX, passcode=PASSCODE, seed=options.seed)
        standing = world.connect(SANDBOX, passcode=PASSCODE, seed=options.seed)
        bench = Bench(standing, world.recipients(SANDBOX), options.seed)
        watch = machine.Watch(processes)
        measured = []
        for case in CASES:
            status.update(f"{case.what}, {case.at_once} at once")
            measured.append(measure(case, bench, world.url, floor, options.seconds))
        busy = watch.shares()
    return Measurements(measured, {**machine.described(), **_as_percent(busy)})


def _as_percent(busy: dict[str, float]) -> dict[str, str]:
    return {f"{name} busy": f"{share:.0%}" for name, share in busy.items()}


@contextmanager
def served(folder: Path) -> Iterator[tuple[World, str, dict[str, int]]]:
    """A simulator, the address of the floor, and the processes to be watched.

    State is below `folder`: the system's own folder may be memory, and no append would cost a disk.
    """
    logs, state = folder / "logs", folder / "state"
    try:
        with (
            simulator(state=state, logs=logs) as world,
            running("floor", "loadtests.floor", [], logs=logs) as party,
        ):
            floor = party.wait_until_said(r"serves (http://[^/\s]+)/")
            party.wait_until_it_answers(floor)
            yield (
                world,
                floor,
                {"simulator": world.party.id, "floor": party.id, "client": os.getpid()},
            )
    finally:
        shutil.rmtree(state, ignore_errors=True)


def measure(case: Case, bench: Bench, url: str, floor: str, seconds: float) -> Measured:
    """Three rounds of one case, each followed by a round of the same bytes against the floor."""
    rates, floors, busy = [], [], []
    for _ in range(ROUNDS):
        count = max(case.at_once, round(case.a_second_max * seconds))
        if case.feeds:
            bench.open_transmissions(count, url)
        requests = [case.make(bench, bench.next_number()).written().data for _ in range(count)]
        volley = volley_of(case, url, requests, seconds)
        below = volley_of(replace(case, must_hold=b""), floor, itertools.cycle(requests), seconds)
        rates.append(case.units * volley.answered / volley.lasted_s)
        floors.append(case.units * below.answered / below.lasted_s)
        busy += [volley.busy, below.busy]
    return Measured(case.what, case.at_once, tuple(rates), tuple(floors), max(busy))


def volley_of(
    case: Case,
    address: str,
    requests: Iterable[bytes],
    seconds: float,
    answers: list[bytes] | None = None,
) -> Volley:
    """One volley; BenchFailed if anything in it was not taken. Right answers go to `answers`."""
    firing = fire(
        address,
        requests,
        at_once=case.at_once,
        seconds=seconds,
        must_hold=case.must_hold,
        answers=answers,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        volley = runner.run(firing)
    if volley.wrong:
        raise BenchFailed(f"{case.what}: {len(volley.wrong)} were not taken: {volley.wrong[0]}")
    return volley


def show(measured: Measurements, screen: Console) -> None:
    """Prints the table and what it was measured on."""
    table = Table(box=SIMPLE)
    table.add_column("operation", no_wrap=True)
    for column in ("at once", "per s", "spread", "floor per s", "ratio", "client"):
        table.add_column(column, justify="right")
    for each in measured.cases:
        table.add_row(
            each.what,
            str(each.at_once),
            f"{statistics.median(each.rates):,.0f}",
            f"{each.spread:.0%}",
            f"{statistics.median(each.floor):,.0f}",
            f"{each.ratio:.1%}",
            f"{each.client_busy:.0%}" + ("!" if each.client_busy > CLIENT_BUSY_MAX else ""),
        )
    screen.print(table)
    screen.print(
        f"medians of {ROUNDS} rounds, and how far those lie apart; the floor is a bare server that "
        "was sent the same bytes; client: the most that it used of a core, where ! says that it "
        "may have been the limit; all that is acknowledged is on disk, and each request is one "
        "entry of the journal",
        highlight=False,
    )
    facts = [f"{name.replace('_', ' ')} {value}" for name, value in measured.machine.items()]
    screen.print(f"machine: {', '.join(facts)}", highlight=False)


def as_json(measured: Measurements, options: argparse.Namespace) -> dict[str, Any]:
    """All rounds, for whoever compares benches."""
    return {
        "format": 1,
        "machine": measured.machine,
        "seconds": options.seconds,
        "seed": options.seed,
        "measured": [
            {**asdict(each), "median": statistics.median(each.rates), "ratio": each.ratio}
            for each in measured.cases
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
