"""How many messages a second one process of the generator sends by a schedule, with either client:
`python -m loadtests.bench_clients`. Measurements, never assertions.

Both clients follow the same ramp against the same bare server in one run. The figure is the rate of
the ramp from which on messages left late. Server and generator share the machine, so on few cores
the server takes its part of what is measured.
"""

import argparse
import os
import shutil
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from loadtests import folders, machine
from loadtests.assignment import Assignment, Client, Load
from loadtests.calibration import gave_way
from loadtests.generator import Manner, generate
from loadtests.limits import Limits
from loadtests.merchants import PAYMENT
from loadtests.options import Parser, number, whole
from loadtests.processes import running
from loadtests.schedules import catalogue_of_schedules
from loadtests.target import Checkout, Recipient

ROUNDS = 3
SENDERS = 1_000


@dataclass(frozen=True, slots=True)
class Carried:
    """One client and its rounds, in messages a second."""

    client: Client
    rates: tuple[float, ...]
    limits: tuple[str, ...]
    """What gave way in each round; empty where nothing did, so that more may be possible."""
    busy: float
    """The highest share of a core that the generator used in any round."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures both clients once."""
    options = parse(arguments)
    folder = folders.create(options.out, "bench-clients")
    screen = Console()
    with running("floor", "loadtests.floor", [], logs=folder / "logs") as party:
        floor = party.wait_until_said(r"serves (http://[^/\s]+)/")
        party.wait_until_it_answers(floor)
        with screen.status("measuring"):
            carried = [measure(client, floor, options, folder) for client in get_args(Client)]
    show(carried, screen)
    figures = {"format": 1, "machine": machine.described(), "clients": [*map(asdict, carried)]}
    folders.write_json(folder / "bench.json", figures)
    screen.print(f"figures: {folder / 'bench.json'}", highlight=False)
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options; wrong ones end the process with exit code 64."""
    parser = Parser(prog="python -m loadtests.bench_clients", description=__doc__)
    add = parser.add_argument
    add("--to", type=number(100, 50_000), default=20_000.0, metavar="N", help="ramp to (20000)")
    add("--seconds", type=number(2, 60), default=6.0, metavar="S", help="of each ramp (6)")
    add("--rounds", type=whole(1, 20), default=ROUNDS, metavar="N", help="of each client (3)")
    add("--out", type=Path, default=Path("runs"), metavar="DIR", help="where figures go (runs)")
    return parser.parse_args(arguments)


def measure(client: Client, floor: str, options: argparse.Namespace, folder: Path) -> Carried:
    """All rounds of one client."""
    rates, limits, busy = [], [], 0.0
    for round in range(options.rounds):
        place = folder / f"{client}-{round + 1}"
        place.mkdir()
        assignment = ramp_to(floor, options.to, options.seconds, place)
        generated = generate(assignment, Manner(Limits(), client=client), place)
        broke = gave_way(generated, [], Limits(), PAYMENT)
        schedule = catalogue_of_schedules()[assignment.load.schedule]
        share = 1.0 if broke is None else broke[0] / options.seconds
        rates.append(schedule.rate_at(share, options.to))
        limits.append("" if broke is None else broke[1])
        busy = max(busy, *generated.busy.values())
        shutil.rmtree(place, ignore_errors=True)
    return Carried(client, tuple(rates), tuple(limits), busy)


def ramp_to(floor: str, rate: float, seconds: float, folder: Path) -> Assignment:
    """Payments of one small body, to a server that says yes to everything."""
    load = Load(seed=1, seconds=seconds, rate=rate, feed_rate=0.0, senders=SENDERS, schedule="ramp")
    results = (folder / "generated.json").resolve()
    recipients = (Recipient("acquirer-sg", "SG"),)
    return Assignment(load, checkout_of(floor), recipients, None, results)


def checkout_of(floor: str) -> Checkout:
    """A server that takes payments by saying yes to everything."""
    body = {"order_id": "{payment.id}", "amount_minor": "{payment.amount_minor}"}
    return Checkout("POST", f"{floor}/payments", "json", {}, body, (200,), None, (), (), None)


def show(carried: Sequence[Carried], screen: Console) -> None:
    """Prints both clients."""
    table = Table(box=SIMPLE)
    for head in ("client", "per s", "least", "most", "generator", "then"):
        table.add_column(head, justify="left" if head in ("client", "then") else "right")
    for one in carried:
        table.add_row(
            one.client,
            f"{statistics.median(one.rates):,.0f}",
            f"{min(one.rates):,.0f}",
            f"{max(one.rates):,.0f}",
            f"{one.busy:.0%}",
            ", ".join(sorted({limit or "nothing gave way" for limit in one.limits})),
        )
    screen.print(table)
    facts = [f"{name.replace('_', ' ')} {value}" for name, value in machine.described().items()]
    screen.print(
        f"medians of {len(carried[0].rates)} ramps by a schedule, one process, {os.cpu_count()} "
        f"cores shared with the server; machine: {', '.join(facts)}",
        highlight=False,
    )


if __name__ == "__main__":
    sys.exit(main())
