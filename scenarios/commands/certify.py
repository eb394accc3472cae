"""`reinspect certify --target target.toml`: plays every story against a platform, judges what was
seen, and writes the reports."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.commands import INCONCLUSIVE, UsageError, command
from scenarios.commands.judge import told
from scenarios.options import DEFAULT_SEED, seed
from simulator.catalogue import find

if TYPE_CHECKING:
    from scenarios.run import Plan
    from scenarios.run_folder import RunFolder

DEFAULT_RULE_PACK = "r2022"


def arguments(of: argparse.ArgumentParser) -> None:
    of.add_argument(
        "--target",
        type=Path,
        metavar="FILE",
        help="target file; without it, the reference platform",
    )
    of.add_argument("--defect", metavar="ID", help="give the reference platform a defect")
    of.add_argument(
        "--tls",
        type=Path,
        metavar="DIR",
        help="examine the reference platform over https, with the certificates there",
    )
    of.add_argument(
        "--out", type=Path, default=Path("runs"), metavar="DIR", help="where run folders go (runs)"
    )
    of.add_argument(
        "--seed", type=seed, default=DEFAULT_SEED, metavar="N", help="seed of all traffic (1)"
    )
    of.add_argument(
        "--story", action="append", default=[], metavar="ID", help="only this story; repeatable"
    )
    of.add_argument(
        "--requirement",
        action="append",
        default=[],
        metavar="ID",
        help="only this requirement; repeatable",
    )
    of.add_argument(
        "--rule-pack", default=DEFAULT_RULE_PACK, metavar="ID", help="the law in force (r2022)"
    )
    of.add_argument(
        "--accept-partial",
        action="store_true",
        help="a clean selection of stories or requirements exits 0",
    )


@command(
    id="certify",
    place=1,
    help="examine a platform: play every story, judge, and write the reports",
    arguments=arguments,
)
def certify(options: argparse.Namespace) -> int:
    import uvloop
    from rich.console import Console

    from scenarios import certify, console
    from scenarios.catalogues import chosen
    from scenarios.parties import PartyFailed, leave_nobody_behind
    from scenarios.target import load

    screen = Console()
    plan = _plan(options)
    if options.target and options.defect:
        raise UsageError("--defect is for the reference platform; leave out --target or --defect")
    if options.target and options.tls:
        raise UsageError("--tls is for the reference platform; a target file has [simulator] tls")
    if options.tls:
        _check(options.tls)
    if options.defect:
        chosen("defects", [options.defect], "defect")
    target = load(options.target) if options.target else None
    leave_nobody_behind()
    folders: list[RunFolder] = []

    def begun(folder: "RunFolder") -> None:
        folders.append(folder)
        screen.print(f"run folder: {folder.path}", highlight=False)

    try:
        with console.progress(screen) as tell:
            if target:
                work = certify.certify_target(target, plan, options.out, tell, begun)
            else:
                work = certify.certify_reference(
                    plan,
                    options.out,
                    tell,
                    begun,
                    defect=options.defect,
                    tls=options.tls and options.tls.resolve(),
                )
            certified = uvloop.run(work)
    except certify.Unhealthy as found:
        screen.print(console.checks_table(found.checks))
        raise UsageError("the configuration is not sound; nothing was examined") from found
    except PartyFailed as failure:
        if target:
            raise UsageError(str(failure)) from failure
        raise
    except KeyboardInterrupt:
        print(f"reinspect: interrupted; {_kept(folders)}", file=sys.stderr)
        return INCONCLUSIVE
    return told(certified.account, certified.folder, screen, accept_partial=options.accept_partial)


def _check(certificates: Path) -> None:
    """Refuses a directory that cannot serve, before anything is started."""
    from simulator.tls import CertificatesMissing, server_files

    try:
        server_files(certificates, mutual=False)
    except CertificatesMissing as missing:
        raise UsageError(str(missing)) from missing


def _kept(folders: "Sequence[RunFolder]") -> str:
    """What an interrupted run left behind, and what can be done with it."""
    for folder in folders:
        if folder.journal.exists():
            again = shlex.join(["reinspect", "judge", str(folder.path)])
            return f"what was recorded is kept in {folder.path}; judge it with: {again}"
        return f"{folder.path} holds logs, but no journal to judge; play the run again"
    return "nothing was recorded yet"


def _plan(options: argparse.Namespace) -> "Plan":
    from scenarios.catalogues import chosen
    from scenarios.run import Plan, first_moment
    from scenarios.stories import catalogue_of_stories

    stories = catalogue_of_stories()
    selected = tuple(find(stories, id, what="story") for id in dict.fromkeys(options.story))
    requirements = tuple(chosen("requirements", options.requirement, "requirement"))
    first_moment(options.rule_pack)  # A wrong rule pack is told before anything is started.
    return Plan(
        stories=selected or tuple(stories.values()),
        requirements=requirements or None,
        complete=not selected and not requirements,
        seed=options.seed,
        rule_pack=options.rule_pack,
        command=_command_again(options),
    )


def _command_again(options: argparse.Namespace) -> str:
    """The command that plays the run again, without a selection of stories or requirements."""
    words = ["reinspect", "certify", "--seed", str(options.seed)]
    for name in ("target", "defect", "tls"):
        if getattr(options, name):
            words += [f"--{name}", str(getattr(options, name))]
    if options.rule_pack != DEFAULT_RULE_PACK:
        words += ["--rule-pack", options.rule_pack]
    return shlex.join(words)
