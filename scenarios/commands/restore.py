"""`reinspect restore main.snapshot`: makes the sandbox of a snapshot again, anywhere."""

import argparse
import asyncio
from pathlib import Path

from scenarios.commands import CONFORMANT, UsageError, command
from scenarios.options import options_of_a_simulator


def arguments(of: argparse.ArgumentParser) -> None:
    of.add_argument("file", type=Path, metavar="FILE", help="what `snapshot` wrote")
    of.add_argument("--as", dest="sandbox", metavar="ID", help="another id than its own")
    options_of_a_simulator(of)


@command(
    id="restore",
    place=10,
    help="make the sandbox of a snapshot again, anywhere",
    arguments=arguments,
)
def restore(options: argparse.Namespace) -> int:
    from scenarios import snapshots

    try:
        made = asyncio.run(
            snapshots.restore(
                options.simulator,
                options.control_token,
                options.file,
                options.sandbox,
                ca=options.ca,
            )
        )
    except snapshots.SnapshotRefused as refused:
        raise UsageError(str(refused)) from refused
    print(f"sandbox {made} goes on from {options.file}")
    return CONFORMANT
