"""`reinspect certificates certs --platform "Example Pay"`: makes what TLS is tried with."""

import argparse
from pathlib import Path

from scenarios.commands import CONFORMANT, UsageError, command


def arguments(of: argparse.ArgumentParser) -> None:
    of.add_argument(
        "directory", type=Path, metavar="DIR", help="where they go; what is there stays"
    )
    of.add_argument(
        "--platform",
        action="append",
        default=[],
        metavar="NAME",
        help="a platform, by the name that it registers with; repeatable",
    )
    of.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="H",
        help="one more name or address of the server; repeatable",
    )


@command(
    id="certificates",
    place=8,
    help="make test certificates: an authority, a server's, and one for each platform",
    arguments=arguments,
)
def certificates(options: argparse.Namespace) -> int:
    from simulator.clock import wall_now
    from simulator.tls import make

    try:
        written = make(
            options.directory, wall_now(), platforms=options.platform, hosts=options.host
        )
    except (OSError, ValueError) as mistake:
        raise UsageError(str(mistake)) from None
    for path in written:
        print(path)
    return CONFORMANT
