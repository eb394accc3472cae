"""How many messages a second one process of the generator sends by a schedule, with either client:
`python -m loadtests.bench_clients`. Measurements, never assertions.

The figure is the highest steady rate at which no message was dropped, no more than one in a hundred
left late, and each had its answer; what was not carried is tried once more. Server and generator
have a core each, where there are two; the server does as little as Python can, so that it is not
what is measured. What else runs on the machine disturbs the rate, and not how many messages a
second of processor time sends.

k6 and wrk are measured in the same run where their commands are at hand.
"""

import argparse
import os
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from loadtests import folders, machine, others
from loadtests.assignment import Assignment, Client, Generated, Load
from loadtests.generator import Manner, generate
from loadtests.limits import Limits
from loadtests.merchants import PAYMENT
from loadtests.options import Parser, number, whole
from loadtests.processes import running
from loadtests.search import CONFORMANT, INVALID, Knee
from loadtests.target import Checkout, Recipient

ROUNDS = 3
SENDERS = 2_000
SENDERS_OF_WRK = 64
FIRST = {"fast": 1_000.0, "raw": 10_000.0, "k6": 5_000.0}
"""Where the search of each begins."""
BODY = {"order_id": "{payment.id}", "amount_minor": "{payment.amount_minor}"}
BODY_OF_OTHERS = '{"order_id":"pay-000001","amount_minor":"1234567"}'
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []

Carries = Callable[[float], tuple[bool, float | None]]
"""Whether a rate is carried, and messages for each second of processor time where that is known."""


@dataclass(frozen=True, slots=True)
class Carried:
    """One generator and its rounds, in messages a second."""

    client: str
    rates: tuple[float, ...]
    per_core_s: tuple[float, ...] = ()
    """Messages for each second of processor time, at the highest rate that was carried."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures all clients once."""
    options = parse(arguments)
    folder = folders.create(options.out, "bench-clients")
    screen = Console()
    with served(folder) as url, on_core(1), screen.status("measuring") as status:
        carried = list(measured(url, options, folder, status.update))
    show(carried, screen)
    figures = {"format": 2, "machine": machine.described(), "clients": [*map(asdict, carried)]}
    folders.write_json(folder / "bench.json", figures)
    screen.print(f"figures: {folder / 'bench.json'}", highlight=False)
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options; wrong ones end the process with exit code 64."""
    parser = Parser(prog="python -m loadtests.bench_clients", description=__doc__)
    add = parser.add_argument
    add("--to", type=number(100, 90_000), default=60_000.0, metavar="N", help="search to (60000)")
    add("--seconds", type=whole(1, 60), default=2, metavar="S", help="of each rate (2)")
    add("--rounds", type=whole(1, 20), default=ROUNDS, metavar="N", help="of each client (3)")
    add("--out", type=Path, default=Path("runs"), metavar="DIR", help="where figures go (runs)")
    return parser.parse_args(arguments)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a bare server on the first core."""
    with on_core(0), running("bare", "loadtests.bare", [], logs=folder / "logs") as party:
        url = party.wait_until_said(r"serves (http://[^/\s]+)/")
        party.wait_until_it_answers(url)
        yield url


@contextmanager
def on_core(number: int) -> Iterator[None]:
    """Whatever is started within the block stays on one core, where the system can say so and there
    are several."""
    if len(CORES) < 2:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {CORES[number]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def measured(
    url: str, options: argparse.Namespace, folder: Path, tell: Callable[[str], None]
) -> Iterator[Carried]:
    """Our clients, and the others where they are at hand."""
    for client in get_args(Client):

        def ours(rate: float, client: Client = client) -> tuple[bool, float | None]:
            tell(f"{client}: {rate:,.0f} messages/s")
            return carries(sent(client, url, rate, options.seconds, folder))

        yield rounds_of(client, ours, options)
    if shutil.which("k6"):

        def theirs(rate: float) -> tuple[bool, float | None]:
            tell(f"k6: {rate:,.0f} messages/s")
            settings = {"seconds": options.seconds, "senders": SENDERS}
            return others.k6(url, BODY_OF_OTHERS, rate=rate, folder=folder, **settings), None

        yield rounds_of("k6", theirs, options)
    if shutil.which("wrk"):
        tell("wrk")
        rates = tuple(
            others.wrk(
                url,
                BODY_OF_OTHERS,
                seconds=options.seconds,
                senders=SENDERS_OF_WRK,
                folder=folder,
            )
            for _ in range(options.rounds)
        )
        yield Carried("wrk, closed loop", rates)


def rounds_of(client: str, carries: Carries, options: argparse.Namespace) -> Carried:
    """The highest rate that is carried, in each of so many searches."""
    rates, per_core_s = [], []
    for _ in range(options.rounds):
        knee = Knee(min(FIRST[client], options.to), options.to)
        used: dict[float, float | None] = {}
        while (rate := knee.next_rate()) is not None:
            good, used[rate] = carries(rate)
            knee.tell(rate, CONFORMANT if good else INVALID)  # Then it is tried once more.
        rates.append(knee.good or 0.0)
        best = used.get(rates[-1])
        if best is not None:
            per_core_s.append(best)
    return Carried(client, tuple(rates), tuple(per_core_s))


def sent(client: Client, url: str, rate: float, seconds: int, folder: Path) -> Generated:
    """What one process sent at a steady rate."""
    place = folder / f"{client}-{rate:.0f}"
    place.mkdir()
    load = Load(
        seed=1,
        seconds=float(seconds),
        rate=rate,
        feed_rate=0.0,
        senders=SENDERS,
        schedule="constant",
    )
    results = (place / "generated.json").resolve()
    recipients = (Recipient("acquirer-sg", "SG"),)
    assignment = Assignment(load, checkout_of(url), recipients, None, results)
    try:
        return generate(assignment, Manner(Limits(), client=client), place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def carries(generated: Generated) -> tuple[bool, float]:
    """Whether all was sent in time and answered, and messages a second of processor time."""
    tally = generated.tallies[PAYMENT]
    in_time = tally.late <= Limits().late_share_max * tally.intended and not tally.dropped
    used_s = max(generated.busy.values()) * generated.lasted_s
    good = generated.complete and in_time and tally.answered == tally.intended
    return good, tally.answered / max(used_s, 1e-9)


def checkout_of(server: str) -> Checkout:
    """A server that takes payments by saying yes to everything."""
    return Checkout("POST", f"{server}/payments", "json", {}, BODY, (200,), None, (), (), None)


def show(carried: Sequence[Carried], screen: Console) -> None:
    """Prints all clients."""
    table = Table(box=SIMPLE)
    table.add_column("client")
    for head in ("per s", "least", "most", "per s of processor"):
        table.add_column(head, justify="right")
    for one in carried:
        table.add_row(
            one.client,
            f"{statistics.median(one.rates):,.0f}",
            f"{min(one.rates):,.0f}",
            f"{max(one.rates):,.0f}",
            f"{statistics.median(one.per_core_s):,.0f}" if one.per_core_s else "–",
        )
    screen.print(table)
    measured = {one.client for one in carried}
    for name in ("k6", "wrk"):
        if not any(client.startswith(name) for client in measured):
            screen.print(f"{name} is not at hand here, and was not measured", highlight=False)
    facts = [f"{name.replace('_', ' ')} {value}" for name, value in machine.described().items()]
    pinned = "a core each" if len(CORES) > 1 else "one core together"
    screen.print(
        f"medians of {len(carried[0].rates)} searches, one process of each; server and generator "
        f"on {pinned}; machine: {', '.join(facts)}",
        highlight=False,
    )


if __name__ == "__main__":
    sys.exit(main())
