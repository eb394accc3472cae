"""`reinspect init target.toml`: writes a commented target file to start from."""

import argparse
from pathlib import Path

from scenarios.commands import CONFORMANT, UsageError, command


def arguments(of: argparse.ArgumentParser) -> None:
    of.add_argument("file", type=Path, nargs="?", default=Path("target.toml"), metavar="FILE")


@command(
    id="init",
    place=6,
    help="write a commented target file to start from",
    arguments=arguments,
)
def init(options: argparse.Namespace) -> int:
    from scenarios.target_template import write_template

    try:
        write_template(options.file)
    except FileExistsError:
        raise UsageError(
            f"{options.file} is there already; choose another name or remove it"
        ) from None
    except OSError as error:
        raise UsageError(f"{options.file} cannot be written: {error.strerror}") from None
    print(f"{options.file} written; edit it, then: reinspect doctor {options.file}")
    return CONFORMANT
