"""The command `reinspect`: gathers the subcommands, and turns what went wrong into an exit code.

0 conformant, 1 not conformant, 2 inconclusive or partial, 64 usage or configuration, 70 our own
failure.
"""

import argparse
import sys
import traceback
from collections.abc import Sequence
from importlib import metadata
from typing import NoReturn

from scenarios import garbage
from scenarios.commands import (
    INCONCLUSIVE,
    OUR_FAILURE,
    USAGE,
    Command,
    UsageError,
    catalogue_of_commands,
)
from simulator.catalogue import UnknownId

COMMANDS = "reinspect.commands"
"""Entry points of commands that other rooms add: the examination imports none of them."""


class Parser(argparse.ArgumentParser):
    """Ends with the exit code for wrong usage, and shows the help that would have prevented it."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    garbage.look_seldom()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and (added := _added().get(words[0])) is not None:
        return int(added.load()(words[1:]))
    options = parser().parse_args(words)
    command: Command = options.command
    try:
        return command.run(options)
    except (UsageError, UnknownId) as mistake:
        return _complain(mistake)
    except KeyboardInterrupt:
        print("reinspect: interrupted", file=sys.stderr)
        return INCONCLUSIVE
    except Exception as failure:  # Whatever else happens is ours, and says so.
        if _is_configuration(failure):
            return _complain(failure)
        traceback.print_exc()
        print("reinspect: this is a failure of reinspect, not of the platform", file=sys.stderr)
        return OUR_FAILURE


def parser() -> Parser:
    """Every subcommand with its options; the defaults may stand in the environment."""
    top = Parser(
        prog="reinspect",
        description=(
            "Would your integration pass the regulator's re-inspection? Find out before the "
            "regulator does."
        ),
        epilog=(
            "Exit codes: 0 conformant, 1 not conformant, 2 inconclusive or partial, 64 usage or "
            "configuration, 70 our own failure. Every option NAME of `serve` and "
            "`reference-platform` can also be given as the environment variable REINSPECT_NAME."
        ),
    )
    top.add_argument("--version", action="version", version=f"reinspect {_version()}")
    commands = top.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    for command in catalogue_of_commands().values():
        made: argparse.ArgumentParser = commands.add_parser(
            command.id, help=command.help, description=command.help
        )
        made.set_defaults(command=command)
        command.arguments(made)
    for name in _added():
        commands.add_parser(name, help=f"see `reinspect {name} --help`")
    return top


def _added() -> dict[str, metadata.EntryPoint]:
    """Commands of other rooms, by name; each reads its own options."""
    return {point.name: point for point in metadata.entry_points(group=COMMANDS)}


def _version() -> str:
    try:
        return metadata.version("reinspect")
    except metadata.PackageNotFoundError:
        return "not installed"


def _complain(mistake: Exception) -> int:
    print(f"reinspect: {mistake}", file=sys.stderr)
    return USAGE


def _is_configuration(failure: Exception) -> bool:
    """Whether the user's files, folders or platform are to blame rather than we."""
    from scenarios.certify import NotReady
    from scenarios.control import SandboxDiffers
    from scenarios.judge.judge import NoRun
    from scenarios.run_folder import RunUnreadable, RunUnwritable
    from scenarios.target import TargetUnreadable
    from simulator.journal.entry import JournalUnreadable, NewerFormat

    return isinstance(
        failure,
        NotReady
        | SandboxDiffers
        | NoRun
        | RunUnreadable
        | RunUnwritable
        | TargetUnreadable
        | JournalUnreadable
        | NewerFormat,
    )


if __name__ == "__main__":
    sys.exit(main())
