"""`python -m simulator.reference_platform`: every option on the command line, or as
REINSPECT_<OPTION> in the environment.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from simulator.reference_platform.serve import USAGE, serve

OPTIONS = {
    "port": "port to listen on; 0 takes any free one",
    "regulator": "base URL of the regulator, http://host:port/sandbox/v1",
    "recipient": "base URL of the recipients, http://host:port/sandbox/recipients",
    "passcode": "one-time passcode of the registration",
    "state": "directory for the outbox and the keys",
    "defect": "id of a deliberate wrong; see `reinspect list defects`",
    "host": "address to listen on; 127.0.0.1 if not given",
    "public-url": "how the regulator reaches this platform, if not by host and port",
    "ca": "file of the authority that an https regulator is believed by",
}
REQUIRED = ("port", "regulator", "recipient", "passcode", "state")


class Parser(argparse.ArgumentParser):
    """Tells usage errors by their own exit code."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Parses and serves."""
    parser = Parser(prog="python -m simulator.reference_platform", description=__doc__)
    for name, meaning in OPTIONS.items():
        variable = f"REINSPECT_{name.replace('-', '_').upper()}"
        parser.add_argument(
            f"--{name}", help=f"{meaning} [{variable}]", default=os.environ.get(variable)
        )
    chosen = vars(parser.parse_args(arguments))
    missing = [f"--{name}" for name in REQUIRED if not chosen[name]]
    if missing:
        parser.error(f"missing: {', '.join(missing)}")
    if not chosen["port"].isdecimal() or int(chosen["port"]) > 65535:
        parser.error(f"--port must be a number from 0 to 65535, but was {chosen['port']!r}")
    chosen["port"] = int(chosen["port"])
    chosen["host"] = chosen["host"] or "127.0.0.1"
    serve(**chosen)


if __name__ == "__main__":
    main()
