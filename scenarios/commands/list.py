"""`reinspect list stories`: shows one of the lists that the project is made of."""

import argparse
import json

from scenarios.commands import CONFORMANT, command


def arguments(of: argparse.ArgumentParser) -> None:
    of.add_argument(
        "kind", metavar="KIND", help="requirements, stories, rules, defects, faults, reports"
    )
    of.add_argument("--json", action="store_true", help="print an array of objects")


@command(
    id="list",
    place=12,
    help="list requirements, stories, rules, defects, faults or reports",
    arguments=arguments,
)
def list_(options: argparse.Namespace) -> int:
    from scenarios import catalogues

    listed = [catalogues.as_json(each) for each in catalogues.entries(options.kind).values()]
    if options.json:
        print(json.dumps(listed, indent=2, ensure_ascii=False))
        return CONFORMANT
    from rich.console import Console

    from scenarios import console

    Console().print(console.list_table(options.kind, listed))
    return CONFORMANT
