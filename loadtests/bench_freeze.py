"""A server that stands still for two seconds, for real, and what the figures say of it:
`python -m loadtests.bench_freeze`. A measurement, never an assertion; the proof is a test on
simulated time.
"""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from loadtests import folders
from loadtests.assignment import Assignment, Load
from loadtests.bench_clients import checkout_of
from loadtests.generator import Manner, generate
from loadtests.limits import Limits
from loadtests.merchants import PAYMENT
from loadtests.options import Parser, number
from loadtests.outcome import percentiles
from loadtests.processes import running
from loadtests.target import Recipient

SECONDS = 8.0
AFTER_S, FROZEN_S = 3.0, 2.0
SENDERS = 2_000
LOOK_EVERY_S = 0.02


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures it once."""
    parser = Parser(prog="python -m loadtests.bench_freeze", description=__doc__)
    add = parser.add_argument
    add("--rate", type=number(10, 900), default=200.0, metavar="N", help="messages/s (200)")
    add("--out", type=Path, default=Path("runs"), metavar="DIR", help="where logs go (runs)")
    options: argparse.Namespace = parser.parse_args(arguments)
    folder = folders.create(options.out, "bench-freeze")
    with running("floor", "loadtests.floor", [], logs=folder / "logs") as party:
        floor = party.wait_until_said(r"serves (http://[^/\s]+)/")
        party.wait_until_it_answers(floor)
        load = Load(
            seed=1,
            seconds=SECONDS,
            rate=options.rate,
            feed_rate=0.0,
            senders=SENDERS,
            schedule="constant",
        )
        results = (folder / "generated.json").resolve()
        recipients = (Recipient("acquirer-sg", "SG"),)
        assignment = Assignment(load, checkout_of(floor), recipients, None, results)
        freezing = threading.Thread(target=_freeze, args=(assignment.started, party.id))
        freezing.start()
        generated = generate(assignment, Manner(Limits(), client="raw"), folder)
        freezing.join()
    tally = generated.tallies[PAYMENT]
    told = ", ".join(f"{name} {(us or 0) / 1000:.1f} ms" for name, us in percentiles(tally).items())
    Console().print(
        f"{tally.answered} of {tally.intended} answered, {tally.dropped} dropped, {tally.late} "
        f"late; the server stood still for {FROZEN_S:g} of {SECONDS:g} s: {told}",
        highlight=False,
    )
    return 0


def _freeze(started: Path, server: int) -> None:
    """Stops the server's process and lets it go on, by the clock of the generator."""
    while not started.exists():
        time.sleep(LOOK_EVERY_S)
    time.sleep(max(0.0, float(started.read_text()) + AFTER_S - time.time()))
    os.kill(server, signal.SIGSTOP)
    try:
        time.sleep(FROZEN_S)
    finally:
        os.kill(server, signal.SIGCONT)


if __name__ == "__main__":
    sys.exit(main())
