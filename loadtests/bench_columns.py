"""How long five million payments of the traffic take to make, as columns:
`python -m loadtests.bench_columns`. Measurements, never assertions.

Beside it stands how many are made one by one in a second. Both are the same payments: the first
thousand are compared in each round.
"""

import argparse
import itertools
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from rich.console import Console

from loadtests import folders, machine
from loadtests.options import Parser, whole
from scenarios.traffic import Route, Traffic
from scenarios.traffic.columns import payment_columns

ROUNDS = 3
ROUTES = (Route("acquirer-sg", "SG"), Route("acquirer-th", "TH"))
COMPARED = 1_000
ONE_BY_ONE = 10_000
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Made:
    """One round."""

    seconds: float
    processor_s: float
    one_by_one_per_s: float
    memory_mib: int
    """What the process held afterwards, the columns included."""


class NotTheSame(Exception):
    """The columns hold other payments than one by one: then no speed counts."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures it once."""
    options = parse(arguments)
    folder = folders.create(options.out, "bench-columns")
    screen = Console()
    with screen.status("measuring"):
        rounds = [made(options.payments, seed) for seed in range(1, options.rounds + 1)]
    show(rounds, options.payments, screen)
    figures = {
        "format": 1,
        "machine": machine.described(),
        "payments": options.payments,
        "rounds": [*map(asdict, rounds)],
    }
    folders.write_json(folder / "bench.json", figures)
    screen.print(f"figures: {folder / 'bench.json'}", highlight=False)
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options; wrong ones end the process with exit code 64."""
    parser = Parser(prog="python -m loadtests.bench_columns", description=__doc__)
    add = parser.add_argument
    many = whole(COMPARED, 50_000_000)
    add("--payments", type=many, default=5_000_000, metavar="N", help="in a round (5000000)")
    add("--rounds", type=whole(1, 20), default=ROUNDS, metavar="N", help="each of its own seed (3)")
    add("--out", type=Path, default=Path("runs"), metavar="DIR", help="where figures go (runs)")
    return parser.parse_args(arguments)


def made(count: int, seed: int) -> Made:
    """One round; people and merchants of the seed are made within it."""
    began, used = time.perf_counter(), time.process_time()
    columns = payment_columns(Traffic(seed), count, routes=ROUTES)
    seconds, processor_s = time.perf_counter() - began, time.process_time() - used
    memory_mib = psutil.Process().memory_info().rss // MIB
    traffic = Traffic(seed)
    singly = list(itertools.islice(traffic.payments(routes=ROUTES), COMPARED))
    if singly != [columns[row] for row in range(COMPARED)]:
        raise NotTheSame(f"of seed {seed}")
    began = time.perf_counter()
    for _ in itertools.islice(traffic.payments(routes=ROUTES), ONE_BY_ONE):
        pass
    return Made(seconds, processor_s, ONE_BY_ONE / (time.perf_counter() - began), memory_mib)


def show(rounds: Sequence[Made], count: int, screen: Console) -> None:
    """Prints medians, spread and machine."""
    seconds = [one.seconds for one in rounds]
    median = statistics.median(seconds)
    processor_s = statistics.median(one.processor_s for one in rounds)
    singly = statistics.median(one.one_by_one_per_s for one in rounds)
    spread = (max(seconds) - min(seconds)) / median
    facts = [f"{name.replace('_', ' ')} {value}" for name, value in machine.described().items()]
    screen.print(
        f"{count:,} payments as columns in {median:.1f} s ({processor_s:.1f} s of processor time; "
        f"spread {spread:.0%} of {len(rounds)} rounds), {count / median:,.0f} a second; one by one "
        f"{singly:,.0f} a second; {max(one.memory_mib for one in rounds):,} MiB",
        highlight=False,
    )
    screen.print(f"machine: {', '.join(facts)}", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
