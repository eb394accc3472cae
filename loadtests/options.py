"""What a load is asked to do on the command line, with every limit told."""

import argparse
import importlib.util
import math
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from loadtests.assignment import Load
from loadtests.outcome import USAGE
from loadtests.schedule import MANNERS

SECONDS_MAX = 600.0
RATE_MAX = 5_000.0
SENDERS_MAX = 2_000
MESSAGES_MAX = 100_000
"""Of each kind: all of them are made beforehand and kept in memory."""
DEFAULT_SEED = 1
SEEDS = 1_000_000_000
"""A new seed is below this, so that it can be typed again."""


class UsageError(Exception):
    """Something that the user can mend; the message says how."""


class Parser(argparse.ArgumentParser):
    """Ends with the exit code for wrong usage."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


@dataclass(frozen=True, slots=True)
class Options:
    """A load as it was asked for."""

    load: Load
    target: Path | None
    """`None` for the reference platform."""
    out: Path


def parse(arguments: Sequence[str] | None) -> Options:
    """The options; wrong ones end the process with exit code 64, or raise UsageError."""
    given = _parser().parse_args(arguments)
    load = Load(
        seed=_seed(given),
        seconds=given.seconds,
        rate=given.rate,
        feed_rate=given.rate if given.feed_rate is None else given.feed_rate,
        senders=given.users,
        manner=given.schedule,
    )
    for name, rate in (("--rate", load.rate), ("--feed-rate", load.feed_rate)):
        messages = rate * load.seconds
        if messages > MESSAGES_MAX:
            raise UsageError(
                f"{name} {rate:g} for {load.seconds:g} s are {messages:,.0f} messages, and "
                f"{MESSAGES_MAX:,} is the most: lower {name} or --seconds"
            )
    if given.target is not None and not given.target.is_file():
        raise UsageError(
            f"there is no target file {str(given.target)!r}; `reinspect init` writes one"
        )
    if importlib.util.find_spec("locust") is None:
        raise UsageError("Locust is not installed; install reinspect with the extra `load`")
    return Options(load, given.target, given.out)


def _parser() -> Parser:
    parser = Parser(
        prog="python -m loadtests.run",
        description="Loads a platform and the regulator, and says what they carried.",
        epilog=(
            "Messages leave by a schedule, whatever the answers do; latency is counted from the "
            "moment at which a message was meant to leave. Exit codes: 0 carried as asked and "
            "without errors, 1 errors, 2 not sent as asked, so that nothing can be said, 64 usage "
            "or configuration, 70 our own failure."
        ),
    )
    add = parser.add_argument
    add("--seconds", type=number(1, SECONDS_MAX), default=30.0, metavar="S", help="how long (30)")
    add("--rate", type=number(0.1, RATE_MAX), default=10.0, metavar="N", help="payments/s (10)")
    add("--feed-rate", type=number(0.1, RATE_MAX), metavar="N", help="transmissions/s (as --rate)")
    add(
        "--users",
        type=whole(1, SENDERS_MAX),
        default=64,
        metavar="N",
        help="payments, and transmissions, that may wait for an answer at the same time (64)",
    )
    add("--schedule", choices=MANNERS, default="poisson", help="how messages arrive (poisson)")
    add(
        "--seed",
        type=whole(0, 2**63 - 1),
        metavar="N",
        help="seed of everything (1; with --target a new one each time, since a platform takes "
        "payments that it knows for repetitions)",
    )
    add(
        "--target",
        type=Path,
        metavar="FILE",
        help="target file of a running platform; without it, the reference platform is started",
    )
    add("--out", type=Path, default=Path("runs"), metavar="DIR", help="where figures go (runs)")
    return parser


def _seed(given: argparse.Namespace) -> int:
    if given.seed is not None:
        return int(given.seed)
    return DEFAULT_SEED if given.target is None else secrets.randbelow(SEEDS)


def number(least: float, most: float) -> Callable[[str], float]:
    """Reads a number within limits."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(
                f"must be a number from {least:g} to {most:g}, but was {text!r}"
            )
        return value

    return read


def whole(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number within limits."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(
                f"must be a whole number from {least} to {most}, but was {text!r}"
            )
        return int(text)

    return read
