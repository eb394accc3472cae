"""`reinspect judge runs/20230601-090000-seed1`: judges a stored run again, from its journal
alone."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import CONFORMANT, command
from scenarios.commands.verify import told_where_broken

if TYPE_CHECKING:
    from rich.console import Console

    from scenarios.reports import Account
    from scenarios.run_folder import RunFolder


def arguments(of: argparse.ArgumentParser) -> None:
    of.add_argument("run", type=Path, metavar="RUN", help="the folder of a run")
    of.add_argument("--accept-partial", action="store_true", help="a clean selection exits 0")


@command(
    id="judge",
    place=2,
    help="judge a stored run again, from its journal alone",
    arguments=arguments,
)
def judge(options: argparse.Namespace) -> int:
    from rich.console import Console

    from scenarios import certify, run_folder
    from scenarios.reports import write_all

    folder = run_folder.existing(options.run)
    with told_where_broken(folder):
        account = certify.judge_folder(folder)
    write_all(account, folder.path)
    return told(account, folder, Console(), accept_partial=options.accept_partial)


def told(
    account: "Account", folder: "RunFolder", screen: "Console", *, accept_partial: bool
) -> int:
    """Shows a judgement, and returns its exit code; a clean selection is as good as the whole where
    that is accepted."""
    from scenarios.reports.console import show

    show(account, screen)
    screen.print(f"reports: {folder.path}", highlight=False)
    if account.judgement.verdict == "partial" and accept_partial:
        return CONFORMANT
    return int(account.judgement.exit_code)
