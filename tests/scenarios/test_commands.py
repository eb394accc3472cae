"""Each subcommand is one file, which says everything of it."""

import importlib

import pytest

from scenarios import cli
from scenarios.commands import Command, catalogue_of_commands

COMMANDS = catalogue_of_commands()


@pytest.mark.parametrize("command", COMMANDS.values(), ids=list(COMMANDS))
def test_a_subcommand_stands_in_a_file_of_its_name_that_begins_with_how_it_is_typed(
    command: Command,
) -> None:
    file = importlib.import_module(f"scenarios.commands.{command.id.replace('-', '_')}")

    assert command in vars(file).values()
    assert (file.__doc__ or "").startswith(f"`reinspect {command.id}")


def test_every_subcommand_has_its_own_place_in_the_help() -> None:
    shown = cli.parser().format_help()
    at = [shown.index(f"\n    {id}") for id in COMMANDS]

    assert [command.place for command in COMMANDS.values()] == list(range(1, len(COMMANDS) + 1))
    assert at == sorted(at)
