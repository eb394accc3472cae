"""`reinspect snapshot main main.snapshot`: writes a sandbox, secrets and all, into one file."""

import argparse
import asyncio
from pathlib import Path

from scenarios.commands import CONFORMANT, UsageError, command
from scenarios.options import options_of_a_simulator


def arguments(of: argparse.ArgumentParser) -> None:
    of.add_argument("sandbox", metavar="SANDBOX", help="its id")
    of.add_argument("file", type=Path, metavar="FILE", help="a new file; keep it as a key")
    options_of_a_simulator(of)


@command(
    id="snapshot",
    place=9,
    help="write a sandbox, secrets and all, into one file",
    arguments=arguments,
)
def snapshot(options: argparse.Namespace) -> int:
    from scenarios import snapshots

    try:
        entries = asyncio.run(
            snapshots.take(
                options.simulator,
                options.control_token,
                options.sandbox,
                options.file,
                ca=options.ca,
            )
        )
    except snapshots.SnapshotRefused as refused:
        raise UsageError(str(refused)) from refused
    print(f"{options.file} holds {options.sandbox}, {entries} entries, and its secrets")
    return CONFORMANT
