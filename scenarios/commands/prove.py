"""`reinspect prove --only exports_email`: examines the examination itself."""

import argparse
import json
from pathlib import Path

from scenarios.commands import CONFORMANT, NOT_CONFORMANT, command
from scenarios.options import DEFAULT_SEED, seed
from simulator.catalogue import find


def arguments(of: argparse.ArgumentParser) -> None:
    of.add_argument("--json", action="store_true", help="print the matrix as JSON")
    of.add_argument(
        "--seed", type=seed, default=DEFAULT_SEED, metavar="N", help="seed of all traffic (1)"
    )
    of.add_argument(
        "--only", action="append", default=[], metavar="ID", help="only this platform; repeatable"
    )
    of.add_argument("--out", type=Path, metavar="DIR", help="keep the run folders here")


@command(
    id="prove",
    place=4,
    help="examine the suite itself: every defect must be convicted, the honest by none",
    arguments=arguments,
)
def prove(options: argparse.Namespace) -> int:
    from rich.console import Console

    from scenarios import console, prove
    from scenarios.parties import leave_nobody_behind

    for id in options.only:
        find({each.id: each for each in prove.contenders()}, id, what="platform")
    screen = Console(stderr=options.json)
    leave_nobody_behind()

    def told(one: prove.Examined, number: int, of: int) -> None:
        state = console.word("ok" if one.as_expected else "wrong")
        screen.print(f"{number}/{of} {one.id}: {one.verdict}", state, highlight=False)

    examined = prove.prove(seed=options.seed, only=options.only, out=options.out, told=told)
    if options.json:
        print(json.dumps(prove.as_json(examined), indent=2))
    else:
        screen.print(console.matrix_table(examined))
    for failure in prove.failures(examined):
        screen.print(f"- {failure}", highlight=False)
    return CONFORMANT if all(one.as_expected for one in examined) else NOT_CONFORMANT
