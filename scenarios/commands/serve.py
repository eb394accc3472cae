"""`reinspect serve --port 8900`: serves the simulator: the regulator and the recipients abroad."""

import argparse
from pathlib import Path

from scenarios.commands import CONFORMANT, UsageError, command
from scenarios.options import option, port, switch


def arguments(of: argparse.ArgumentParser) -> None:
    option(
        of,
        "--port",
        type=port,
        default="8900",
        metavar="P",
        help="port (8900); 0 takes a free one",
    )
    option(of, "--host", default="127.0.0.1", metavar="H", help="address to listen on (127.0.0.1)")
    option(of, "--state", default=".state/simulator", metavar="DIR", help="where journals are kept")
    option(
        of,
        "--control-token",
        metavar="T",
        help="token of /control; without it one is made and kept in DIR",
    )
    switch(
        of,
        "--callbacks-anywhere",
        help="take callbacks on other hosts too, and bring notices there (no: this host alone)",
    )
    switch(
        of, "--no-demo", help="open no demo sandbox, whose credentials stand on the page at / (no)"
    )

    option(
        of,
        "--control-port",
        type=port,
        metavar="P",
        help="serve /control on a port of its own, so that platforms cannot reach it",
    )
    option(of, "--tls", metavar="DIR", help="serve https with the certificates of DIR")
    switch(of, "--mutual-tls", help="demand a certificate of every platform, in its name (no)")


@command(
    id="serve",
    place=7,
    help="serve the simulator: the regulator and the recipients abroad",
    arguments=arguments,
)
def serve(options: argparse.Namespace) -> int:
    from simulator.serve import serve

    if options.mutual_tls and not options.tls:
        raise UsageError("--mutual-tls needs --tls DIR; reinspect certificates DIR makes one")
    serve(
        options.port,
        Path(options.state),
        options.control_token,
        options.host,
        callbacks_anywhere=options.callbacks_anywhere,
        demo=not options.no_demo,
        control_port=options.control_port,
        tls=Path(options.tls) if options.tls else None,
        mutual_tls=options.mutual_tls,
    )
    return CONFORMANT
