"""What a load is asked to do on the command line, with every limit told."""

import argparse
import importlib.util
import math
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, get_args

from loadtests import fault_plan
from loadtests import limits as profiles
from loadtests.assignment import Client, Load
from loadtests.fault_plan import FaultUnreadable, PlannedFault
from loadtests.generator import PORT
from loadtests.limits import Limits, LimitsUnreadable
from loadtests.schedules import catalogue_of_schedules
from loadtests.search import Knee, Listed, Plan

USAGE = 64
SECONDS_MAX = 86_400.0
RATE_MAX = 20_000.0
SENDERS_MAX = 2_000
WORKERS_MAX = 64
MESSAGES_MAX = 200_000
"""Of each kind in one step: all of them are made beforehand and kept in memory."""
MESSAGES_MIN = 20
"""Fewer payments than this exercise no requirement enough."""
BATCH_MAX = 1_000
DEFAULT_SEED = 1
SEEDS = 1_000_000_000
"""A new seed is below this, so that it can be typed again."""
SEARCH = "search"
FIRST_RATE = 10.0


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
    """The first step; the others differ in rate and seed."""
    rates: tuple[float, ...] | None
    """`None` for a search."""
    rate_max: float
    limits: Limits
    target: Path | None
    """`None` for the reference platform."""
    out: Path
    workers: int = 1
    client: Client = "fast"
    defect: str | None = None
    """Of the reference platform."""
    faults: tuple[PlannedFault, ...] = ()
    remote: int = 0
    """Processes of the generator on other machines."""
    bind: tuple[str, int] = ("127.0.0.1", PORT)
    calibrated: bool = True
    """The ceilings of this machine are measured before the first step."""
    by_hand: bool = False
    """Locust is started by the user."""

    @property
    def plan(self) -> Plan:
        """Which rates are tried."""
        if self.rates is None:
            schedule = catalogue_of_schedules()[self.load.schedule]
            a_second = schedule.messages(rate=1_000.0, seconds=self.load.seconds) / 1_000
            return Knee(self.load.rate, self.rate_max, least=MESSAGES_MIN / a_second)
        return Listed(list(self.rates))


@dataclass(frozen=True, slots=True)
class Serve:
    """Be a process of the generator for a load elsewhere."""

    address: tuple[str, int]
    client: Client


@dataclass(frozen=True, slots=True)
class Compare:
    """Compare two loads that were played."""

    before: Path
    after: Path


def parse(arguments: Sequence[str] | None) -> Options | Serve | Compare:
    """What is asked for; wrong options end the process with exit code 64, or raise UsageError."""
    given = _parser().parse_args(arguments)
    if given.compare is not None:
        return Compare(*given.compare)
    if importlib.util.find_spec("locust") is None:
        raise UsageError("Locust is not installed; install reinspect with the extra `load`")
    if given.worker is not None:
        return Serve(given.worker, given.client)
    return _load(given)


def _load(given: argparse.Namespace) -> Options:
    """A load as it is asked for."""
    if given.target is not None and not given.target.is_file():
        raise UsageError(
            f"there is no target file {str(given.target)!r}; `reinspect init` writes one"
        )
    if given.defect is not None and given.target is not None:
        raise UsageError("--defect is for the reference platform; leave out --target or --defect")
    limits = _limits(given)
    rates: tuple[float, ...] | None = given.steps
    load = Load(
        seed=_seed(given),
        seconds=given.seconds,
        rate=given.first if rates is None else rates[0],
        feed_rate=given.feed_rate,
        senders=given.users,
        schedule=given.schedule,
        batch=given.batch,
    )
    options = Options(
        load,
        rates,
        given.most,
        limits,
        given.target,
        given.out,
        workers=given.workers,
        client=given.client,
        defect=given.defect,
        faults=_faults(given),
        remote=given.remote,
        bind=given.bind,
        calibrated=not (given.no_calibration or given.prepare),
        by_hand=given.prepare,
    )
    _check(options)
    return options


def _faults(given: argparse.Namespace) -> tuple[PlannedFault, ...]:
    try:
        return tuple(fault_plan.check(given.fault, given.seconds))
    except FaultUnreadable as mistake:
        raise UsageError(f"--fault: {mistake}") from mistake


def _limits(given: argparse.Namespace) -> Limits:
    try:
        if given.limits is not None:
            return profiles.of_profile(given.limits)
        return Limits() if given.target is None else profiles.of_target(given.target)
    except LimitsUnreadable as mistake:
        raise UsageError(str(mistake)) from mistake


def _check(options: Options) -> None:
    """Loads that cannot be sent, or could say nothing."""
    load, rates, most = options.load, options.rates, options.rate_max
    if rates is None and load.rate > most:
        raise UsageError(
            f"--from {load.rate:g} is more than --to {most:g}; a search goes upwards: lower --from "
            "or raise --to"
        )
    if options.by_hand and (rates is None or len(rates) != 1):
        raise UsageError("--prepare prepares one step; write its rate, such as --steps 20")
    if options.remote and options.workers > 1:
        raise UsageError(
            "--workers are processes of this machine and --remote of others; leave out --workers, "
            "and start workers here as you do elsewhere"
        )
    schedule = catalogue_of_schedules()[load.schedule]
    for rate in (load.rate,) if rates is None else rates:
        payments = schedule.messages(rate=rate, seconds=load.seconds)
        if payments < MESSAGES_MIN:
            raise UsageError(
                f"--steps {rate:g} for --seconds {load.seconds:g} are {payments} payments "
                f"({load.schedule}), and fewer than {MESSAGES_MIN} prove nothing: raise --seconds "
                "or the rate"
            )
    highest = {"--feed-rate": load.feed_rate}
    if rates is not None:
        highest["--steps"] = max(rates)
    for name, rate in highest.items():
        messages = schedule.messages(rate=rate, seconds=load.seconds)
        if messages > MESSAGES_MAX:
            raise UsageError(
                f"{name} {rate:g} for {load.seconds:g} s are {messages:,} messages, and "
                f"{MESSAGES_MAX:,} is the most: lower {name} or --seconds"
            )
    minimum = options.limits.rate_min
    if minimum is not None and minimum > (most if rates is None else max(rates)):
        tried = "--to" if rates is None else "--steps"
        raise UsageError(
            f"the limit rate_min is {minimum:g}, and no step goes so high: raise {tried} to "
            f"{minimum:g} at least, or lower rate_min"
        )


def _parser() -> Parser:
    parser = Parser(
        prog="reinspect load",
        description=(
            "Loads a platform step by step, judges every step, and says up to which rate it "
            "conforms."
        ),
        epilog=(
            "Messages leave by a schedule, whatever the answers do; latency is counted from the "
            "moment at which a message was meant to leave. Exit codes: 0 conformant at the rate "
            "that was asked for, 1 not, 2 invalid or inconclusive, so that nothing can be said, 64 "
            "usage or configuration, 70 our own failure."
        ),
    )
    _add_what(parser)
    _add_how(parser)
    _add_machines(parser)
    return parser


def _add_what(parser: Parser) -> None:
    add = parser.add_argument
    add(
        "--target",
        type=Path,
        metavar="FILE",
        help="target file of a running platform; without it, the reference platform is started",
    )
    add("--defect", metavar="ID", help="give the reference platform a defect")
    add(
        "--steps",
        type=_steps,
        default=None,
        metavar="RATES",
        help="payments/s of each step, such as 10,20,40; or `search` (the default): double until a "
        "step is not conformant, then halve the gap",
    )
    rate = number(0.1, RATE_MAX)
    add("--from", dest="first", type=rate, default=FIRST_RATE, metavar="N", help="search from (10)")
    add("--to", dest="most", type=rate, default=1_000.0, metavar="N", help="search up to (1000)")
    add(
        "--seconds",
        type=number(1, SECONDS_MAX),
        default=10.0,
        metavar="S",
        help="length of each step (10)",
    )
    add(
        "--schedule",
        choices=sorted(catalogue_of_schedules()),
        default="poisson",
        help="how messages arrive; the rate is the highest of it (poisson)",
    )
    add(
        "--feed-rate",
        type=number(0, RATE_MAX),
        default=0.0,
        metavar="N",
        help="transmissions/s that a registered platform of a sandbox of its own sends to the "
        "regulator meanwhile (0)",
    )
    add(
        "--batch",
        type=whole(1, BATCH_MAX),
        default=1,
        metavar="N",
        help="records of each of those transmissions, fed in one body (1)",
    )
    add(
        "--fault",
        type=_fault,
        action="append",
        default=[],
        metavar="F",
        help=f"arm a fault in each step, such as {fault_plan.EXAMPLE}; repeatable",
    )
    add(
        "--limits",
        type=Path,
        metavar="FILE",
        help="limits in TOML; without it, [load] of the target file",
    )


def _add_machines(parser: Parser) -> None:
    add = parser.add_argument
    add(
        "--workers",
        type=whole(1, WORKERS_MAX),
        default=1,
        metavar="N",
        help="processes of the generator on this machine (1)",
    )
    add(
        "--remote",
        type=whole(1, WORKERS_MAX),
        default=0,
        metavar="N",
        help="wait for N processes of the generator that are started with --worker elsewhere",
    )
    add(
        "--bind",
        type=_address,
        default=("127.0.0.1", PORT),
        metavar="H:P",
        help=f"where --remote processes reach this one (127.0.0.1:{PORT})",
    )
    add(
        "--worker",
        type=_address,
        metavar="H:P",
        help="be a process of the generator for the load at this address, step after step",
    )


def _add_how(parser: Parser) -> None:
    add = parser.add_argument
    add(
        "--users",
        type=whole(1, SENDERS_MAX),
        default=256,
        metavar="N",
        help="payments, and transmissions, that may wait for an answer at the same time (256)",
    )
    add(
        "--client",
        choices=get_args(Client),
        default="fast",
        help="Locust's FastHttpUser, or plain sockets where that is the limit (fast)",
    )
    add(
        "--seed",
        type=whole(0, 2**63 - 1),
        metavar="N",
        help="seed of everything (1; with --target a new one each time, since a platform takes "
        "payments that it knows for repetitions)",
    )
    add("--out", type=Path, default=Path("runs"), metavar="DIR", help="where figures go (runs)")
    add(
        "--no-calibration",
        action="store_true",
        help="do not measure before what generator and simulator can carry here",
    )
    add(
        "--prepare",
        action="store_true",
        help="prepare one step and say how to start Locust by hand, with its web page or without",
    )
    add(
        "--compare",
        nargs=2,
        type=Path,
        metavar=("A", "B"),
        help="compare the figures of two loads; exit code 1 if B is worse",
    )


def _seed(given: argparse.Namespace) -> int:
    if given.seed is not None:
        return int(given.seed)
    return DEFAULT_SEED if given.target is None else secrets.randbelow(SEEDS)


def _fault(text: str) -> PlannedFault:
    try:
        return fault_plan.read(text)
    except FaultUnreadable as mistake:
        raise argparse.ArgumentTypeError(str(mistake)) from None


def _address(text: str) -> tuple[str, int]:
    """Host and port."""
    host, _, port = text.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise argparse.ArgumentTypeError(
            f"must be host and port, such as 192.0.2.1:{PORT}, but was {text!r}"
        )
    return host, int(port)


def _steps(text: str) -> tuple[float, ...] | None:
    """The rates, in the order in which they are given; `None` for a search."""
    if text == SEARCH:
        return None
    return tuple(number(0.1, RATE_MAX)(part.strip()) for part in text.split(","))


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
