"""`reinspect doctor target.toml`: finds every configuration error at once, before a run."""

import argparse
import asyncio
from pathlib import Path

from scenarios.commands import CONFORMANT, USAGE, command


def arguments(of: argparse.ArgumentParser) -> None:
    of.add_argument("target", type=Path, metavar="TARGET", help="a target file; `init` writes one")


@command(
    id="doctor",
    place=5,
    help="find every configuration error at once, before a run",
    arguments=arguments,
)
def doctor(options: argparse.Namespace) -> int:
    from rich.console import Console

    from scenarios import console, doctor
    from scenarios.target import load

    checks = asyncio.run(doctor.examine(load(options.target)))
    Console().print(console.checks_table(checks))
    return CONFORMANT if doctor.is_healthy(checks) else USAGE
