"""How the options of a command line are read: numbers, ports, yes and no, and defaults that may
stand in the environment."""

import argparse
import os
from pathlib import Path
from typing import Any

DEFAULT_SEED = 1
VARIABLE = "REINSPECT_"
"""Options can be given as environment variables: `--control-token` is REINSPECT_CONTROL_TOKEN."""


def option(
    of: argparse.ArgumentParser, name: str, *, help: str, required: bool = False, **more: Any
) -> None:
    """An option that may also stand in the environment."""
    variable = VARIABLE + name.removeprefix("--").replace("-", "_").upper()
    default = os.environ.get(variable, more.pop("default", None))
    of.add_argument(
        name,
        default=default,
        required=required and default is None,
        help=f"{help} [{variable}]",
        **more,
    )


def switch(of: argparse.ArgumentParser, name: str, *, help: str) -> None:
    """An option that is no, or yes as soon as it is named."""
    option(
        of,
        name,
        type=yes_or_no,
        nargs="?",
        const=True,
        default="no",
        metavar="yes|no",
        help=help,
    )


def options_of_a_simulator(of: argparse.ArgumentParser) -> None:
    """Where a running simulator is, and by whom it is believed."""
    option(
        of,
        "--simulator",
        default="http://127.0.0.1:8900",
        metavar="URL",
        help="where a simulator serves (http://127.0.0.1:8900)",
    )
    option(of, "--control-token", required=True, metavar="T", help="its control token")
    option(of, "--ca", type=Path, metavar="FILE", help="authority that its https is believed by")


def seed(text: str) -> int:
    """The seed of all traffic."""
    if not text.isdecimal() or int(text) >= 2**63:
        raise argparse.ArgumentTypeError(
            f"the seed must be a whole number from 0 to 2^63 - 1, but was {text!r}"
        )
    return int(text)


def port(text: str) -> int:
    """A port; 0 takes a free one."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(
            f"a port is a whole number from 0 to 65535, but was {text!r}"
        )
    return int(text)


def yes_or_no(text: str) -> bool:
    """Whether it is yes."""
    if text not in ("yes", "no"):
        raise argparse.ArgumentTypeError(f"it is yes or no, but was {text!r}")
    return text == "yes"
