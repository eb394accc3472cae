"""The command `reinspect`. Its exit code says the kind of the outcome: 0 conformant, 1 not
conformant, 2 inconclusive or partial, 64 usage or configuration, 70 our own failure."""

import argparse
import asyncio
import json
import os
import shlex
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

from simulator.catalogue import UnknownId, find

CONFORMANT, NOT_CONFORMANT, INCONCLUSIVE, USAGE, OUR_FAILURE = 0, 1, 2, 64, 70
DEFAULT_SEED = 1
DEFAULT_RULE_PACK = "r2022"
VARIABLE = "REINSPECT_"
"""Options can be given as environment variables: `--control-token` is REINSPECT_CONTROL_TOKEN."""

Command = Callable[[argparse.Namespace], int]


class UsageError(Exception):
    """Something that the user can mend; the message says how."""


class Parser(argparse.ArgumentParser):
    """Ends with the exit code for wrong usage, and shows the help that would have prevented it."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


COMMANDS = "reinspect.commands"
"""Entry points of commands that other rooms add: the examination imports none of them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and (added := _added().get(words[0])) is not None:
        return int(added.load()(words[1:]))
    options = parser().parse_args(words)
    command: Command = options.command
    try:
        return command(options)
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
    for add in (
        _add_certify, _add_judge, _add_verify, _add_prove, _add_doctor, _add_init, _add_serve,
        _add_certificates, _add_snapshot, _add_restore, _add_reference_platform, _add_list,
        _add_explain,
    ):  # fmt: skip
        add(commands)
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


def _command(commands: Any, name: str, help: str, command: Command) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
    made.set_defaults(command=command)
    return made


def _option(
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


# certify


def _add_certify(commands: Any) -> None:
    of = _command(
        commands,
        "certify",
        "examine a platform: play every story, judge, and write the reports",
        _certify,
    )
    of.add_argument(
        "--target",
        type=Path,
        metavar="FILE",
        help="target file; without it, the reference platform",
    )
    of.add_argument("--defect", metavar="ID", help="give the reference platform a defect")
    of.add_argument(
        "--out", type=Path, default=Path("runs"), metavar="DIR", help="where run folders go (runs)"
    )
    of.add_argument(
        "--seed", type=_seed, default=DEFAULT_SEED, metavar="N", help="seed of all traffic (1)"
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


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**63:
        raise argparse.ArgumentTypeError(
            f"the seed must be a whole number from 0 to 2^63 - 1, but was {text!r}"
        )
    return int(text)


def _certify(options: argparse.Namespace) -> int:
    import uvloop
    from rich.console import Console

    from scenarios import certify, console
    from scenarios.parties import PartyFailed, leave_nobody_behind
    from scenarios.run_folder import RunFolder
    from scenarios.target import load

    screen = Console()
    plan = _plan(options)
    if options.target and options.defect:
        raise UsageError("--defect is for the reference platform; leave out --target or --defect")
    if options.defect:
        _check_ids("defects", [options.defect], "defect")
    target = load(options.target) if options.target else None
    leave_nobody_behind()
    folders: list[RunFolder] = []

    def begun(folder: RunFolder) -> None:
        folders.append(folder)
        screen.print(f"run folder: {folder.path}", highlight=False)

    try:
        with console.progress(screen) as tell:
            if target:
                work = certify.certify_target(target, plan, options.out, tell, begun)
            else:
                work = certify.certify_reference(
                    plan, options.out, tell, begun, defect=options.defect
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
    _tell_of(screen, certified.account, certified.folder.path)
    return _exit_code(certified.account, accept_partial=options.accept_partial)


def _kept(folders: Sequence[Any]) -> str:
    """What an interrupted run left behind, and what can be done with it."""
    for folder in folders:
        if folder.journal.exists():
            again = shlex.join(["reinspect", "judge", str(folder.path)])
            return f"what was recorded is kept in {folder.path}; judge it with: {again}"
        return f"{folder.path} holds logs, but no journal to judge; play the run again"
    return "nothing was recorded yet"


def _plan(options: argparse.Namespace) -> Any:
    from scenarios.run import Plan, first_moment
    from scenarios.stories import catalogue_of_stories

    stories = catalogue_of_stories()
    chosen = tuple(find(stories, id, what="story") for id in dict.fromkeys(options.story))
    requirements = tuple(_check_ids("requirements", options.requirement, "requirement"))
    first_moment(options.rule_pack)  # A wrong rule pack is told before anything is started.
    return Plan(
        stories=chosen or tuple(stories.values()),
        requirements=requirements or None,
        complete=not chosen and not requirements,
        seed=options.seed,
        rule_pack=options.rule_pack,
        command=_command_again(options),
    )


def _command_again(options: argparse.Namespace) -> str:
    """The command that plays the run again, without a selection of stories or requirements."""
    words = ["reinspect", "certify", "--seed", str(options.seed)]
    for name in ("target", "defect"):
        if getattr(options, name):
            words += [f"--{name}", str(getattr(options, name))]
    if options.rule_pack != DEFAULT_RULE_PACK:
        words += ["--rule-pack", options.rule_pack]
    return shlex.join(words)


def _check_ids(kind: str, ids: Sequence[str], what: str) -> list[str]:
    from scenarios.catalogues import entries

    return [find(entries(kind), id, what=what).id for id in dict.fromkeys(ids)]


def _tell_of(screen: Any, account: Any, folder: Path) -> None:
    from scenarios.reports.console import show

    show(account, screen)
    screen.print(f"reports: {folder}", highlight=False)


def _exit_code(account: Any, *, accept_partial: bool) -> int:
    if account.judgement.verdict == "partial" and accept_partial:
        return CONFORMANT
    return int(account.judgement.exit_code)


# judge, verify


def _add_judge(commands: Any) -> None:
    of = _command(commands, "judge", "judge a stored run again, from its journal alone", _judge)
    of.add_argument("run", type=Path, metavar="RUN", help="the folder of a run")
    of.add_argument("--accept-partial", action="store_true", help="a clean selection exits 0")


def _judge(options: argparse.Namespace) -> int:
    from rich.console import Console

    from scenarios import certify, run_folder
    from scenarios.reports import write_all

    folder = run_folder.existing(options.run)
    _verified(folder)
    account = certify.judge_folder(folder)
    write_all(account, folder.path)
    _tell_of(Console(), account, folder.path)
    return _exit_code(account, accept_partial=options.accept_partial)


def _add_verify(commands: Any) -> None:
    of = _command(commands, "verify", "prove that a run's journal is as it was written", _verify)
    of.add_argument("run", type=Path, metavar="RUN", help="the folder of a run")


def _verify(options: argparse.Namespace) -> int:
    from scenarios import run_folder

    folder = run_folder.existing(options.run)
    verified = _verified(folder)
    print(f"{verified.entries} entries, unbroken; head {verified.head}")
    if not {"entries", "head"} & folder.read_run().keys():
        print(
            f"{folder.path / run_folder.RUN} does not tell how many entries there were: that none "
            "was cut off at the end is not proven",
            file=sys.stderr,
        )
    return CONFORMANT


def _verified(folder: Any) -> Any:
    """The journal's size and head; UsageError naming the first entry that is not as it was
    written."""
    from simulator.journal.verify import Broken, verify

    facts = folder.read_run()
    try:
        with folder.journal.open("rb") as lines:
            return verify(
                lines, expected_entries=facts.get("entries"), expected_head=facts.get("head")
            )
    except Broken as broken:
        raise UsageError(
            f"{folder.journal}: {broken}; the journal was altered and proves nothing from there "
            "on: "
            "take an unaltered copy, or play the run again"
        ) from broken


# prove


def _add_prove(commands: Any) -> None:
    of = _command(
        commands,
        "prove",
        "examine the suite itself: every defect must be convicted, the honest by none",
        _prove,
    )
    of.add_argument("--json", action="store_true", help="print the matrix as JSON")
    of.add_argument(
        "--seed", type=_seed, default=DEFAULT_SEED, metavar="N", help="seed of all traffic (1)"
    )
    of.add_argument(
        "--only", action="append", default=[], metavar="ID", help="only this platform; repeatable"
    )
    of.add_argument("--out", type=Path, metavar="DIR", help="keep the run folders here")


def _prove(options: argparse.Namespace) -> int:
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


# doctor, init


def _add_doctor(commands: Any) -> None:
    of = _command(
        commands, "doctor", "find every configuration error at once, before a run", _doctor
    )
    of.add_argument("target", type=Path, metavar="TARGET", help="a target file; `init` writes one")


def _doctor(options: argparse.Namespace) -> int:
    from rich.console import Console

    from scenarios import console, doctor
    from scenarios.target import load

    checks = asyncio.run(doctor.examine(load(options.target)))
    Console().print(console.checks_table(checks))
    return CONFORMANT if doctor.is_healthy(checks) else USAGE


def _add_init(commands: Any) -> None:
    of = _command(commands, "init", "write a commented target file to start from", _init)
    of.add_argument("file", type=Path, nargs="?", default=Path("target.toml"), metavar="FILE")


def _init(options: argparse.Namespace) -> int:
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


# serve, reference-platform


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(
            f"a port is a whole number from 0 to 65535, but was {text!r}"
        )
    return int(text)


def _add_serve(commands: Any) -> None:
    of = _command(
        commands, "serve", "serve the simulator: the regulator and the recipients abroad", _serve
    )
    _option(
        of,
        "--port",
        type=_port,
        default="8900",
        metavar="P",
        help="port (8900); 0 takes a free one",
    )
    _option(of, "--host", default="127.0.0.1", metavar="H", help="address to listen on (127.0.0.1)")
    _option(
        of, "--state", default=".state/simulator", metavar="DIR", help="where journals are kept"
    )
    _option(
        of,
        "--control-token",
        metavar="T",
        help="token of /control; without it one is made and kept in DIR",
    )
    _option(
        of,
        "--callbacks-anywhere",
        type=_yes_or_no,
        nargs="?",
        const=True,
        default="no",
        metavar="yes|no",
        help="take callbacks on other hosts too, and bring notices there (no: this host alone)",
    )
    _option(
        of,
        "--no-demo",
        type=_yes_or_no,
        nargs="?",
        const=True,
        default="no",
        metavar="yes|no",
        help="open no demo sandbox, whose credentials stand on the page at / (no)",
    )

    _option(
        of,
        "--control-port",
        type=_port,
        metavar="P",
        help="serve /control on a port of its own, so that platforms cannot reach it",
    )
    _option(of, "--tls", metavar="DIR", help="serve https with the certificates of DIR")
    _option(
        of,
        "--mutual-tls",
        type=_yes_or_no,
        nargs="?",
        const=True,
        default="no",
        metavar="yes|no",
        help="demand a certificate of every platform, in its name (no)",
    )


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise argparse.ArgumentTypeError(f"it is yes or no, but was {text!r}")
    return text == "yes"


def _serve(options: argparse.Namespace) -> int:
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


def _add_snapshot(commands: Any) -> None:
    of = _command(
        commands, "snapshot", "write a sandbox, secrets and all, into one file", _snapshot
    )
    of.add_argument("sandbox", metavar="SANDBOX", help="its id")
    of.add_argument("file", type=Path, metavar="FILE", help="a new file; keep it as a key")
    _add_simulator(of)


def _add_restore(commands: Any) -> None:
    of = _command(commands, "restore", "make the sandbox of a snapshot again, anywhere", _restore)
    of.add_argument("file", type=Path, metavar="FILE", help="what `snapshot` wrote")
    of.add_argument("--as", dest="sandbox", metavar="ID", help="another id than its own")
    _add_simulator(of)


def _add_simulator(of: argparse.ArgumentParser) -> None:
    _option(
        of,
        "--simulator",
        default="http://127.0.0.1:8900",
        metavar="URL",
        help="where a simulator serves (http://127.0.0.1:8900)",
    )
    _option(of, "--control-token", required=True, metavar="T", help="its control token")
    _option(of, "--ca", type=Path, metavar="FILE", help="authority that its https is believed by")


def _snapshot(options: argparse.Namespace) -> int:
    from scenarios import snapshots

    try:
        entries = asyncio.run(
            snapshots.take(
                options.simulator,
                options.control_token,
                options.sandbox,
                options.file,
                ca=options.ca,
            )
        )
    except snapshots.SnapshotRefused as refused:
        raise UsageError(str(refused)) from refused
    print(f"{options.file} holds {options.sandbox}, {entries} entries, and its secrets")
    return CONFORMANT


def _restore(options: argparse.Namespace) -> int:
    from scenarios import snapshots

    try:
        made = asyncio.run(
            snapshots.restore(
                options.simulator,
                options.control_token,
                options.file,
                options.sandbox,
                ca=options.ca,
            )
        )
    except snapshots.SnapshotRefused as refused:
        raise UsageError(str(refused)) from refused
    print(f"sandbox {made} goes on from {options.file}")
    return CONFORMANT


def _add_certificates(commands: Any) -> None:
    of = _command(
        commands,
        "certificates",
        "make test certificates: an authority, a server's, and one for each platform",
        _certificates,
    )
    of.add_argument(
        "directory", type=Path, metavar="DIR", help="where they go; what is there stays"
    )
    of.add_argument(
        "--platform",
        action="append",
        default=[],
        metavar="NAME",
        help="a platform, by the name that it registers with; repeatable",
    )
    of.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="H",
        help="one more name or address of the server; repeatable",
    )


def _certificates(options: argparse.Namespace) -> int:
    from simulator.clock import wall_now
    from simulator.tls import make

    try:
        written = make(
            options.directory, wall_now(), platforms=options.platform, hosts=options.host
        )
    except (OSError, ValueError) as mistake:
        raise UsageError(str(mistake)) from None
    for path in written:
        print(path)
    return CONFORMANT


def _add_reference_platform(commands: Any) -> None:
    of = _command(
        commands,
        "reference-platform",
        "run the reference platform, as an integrator would run theirs",
        _platform,
    )
    _option(
        of, "--port", type=_port, required=True, metavar="P", help="port for merchants and notices"
    )
    _option(of, "--host", default="127.0.0.1", metavar="H", help="address to listen on (127.0.0.1)")
    _option(of, "--regulator", required=True, metavar="URL", help="http://HOST:PORT/SANDBOX/v1")
    _option(
        of, "--recipient", required=True, metavar="URL", help="http://HOST:PORT/SANDBOX/recipients"
    )
    _option(of, "--passcode", required=True, metavar="C", help="the passcode to register with")
    _option(of, "--state", required=True, metavar="DIR", help="where key and outbox are kept")
    _option(of, "--defect", metavar="ID", help="one deliberate wrong; see `list defects`")
    _option(of, "--public-url", metavar="URL", help="how the regulator reaches this platform")


def _platform(options: argparse.Namespace) -> int:
    from scenarios.toml_table import is_url
    from simulator.reference_platform.serve import serve

    for name in ("regulator", "recipient"):
        if not is_url(getattr(options, name)):
            raise UsageError(
                f"--{name} must be a whole address such as http://127.0.0.1:8900/main/v1, "
                f"but was {getattr(options, name)!r}"
            )
    if options.defect:
        _check_ids("defects", [options.defect], "defect")
    serve(
        port=options.port,
        regulator=options.regulator,
        recipient=options.recipient,
        passcode=options.passcode,
        state=Path(options.state),
        defect=options.defect,
        host=options.host,
        public_url=options.public_url,
    )
    return CONFORMANT


# list, explain


def _add_list(commands: Any) -> None:
    of = _command(
        commands, "list", "list requirements, stories, rules, defects, faults or reports", _list
    )
    of.add_argument(
        "kind", metavar="KIND", help="requirements, stories, rules, defects, faults, reports"
    )
    of.add_argument("--json", action="store_true", help="print an array of objects")


def _list(options: argparse.Namespace) -> int:
    from scenarios import catalogues

    listed = [catalogues.as_json(each) for each in catalogues.entries(options.kind).values()]
    if options.json:
        print(json.dumps(listed, indent=2, ensure_ascii=False))
        return CONFORMANT
    from rich.console import Console

    from scenarios import console

    Console().print(console.list_table(options.kind, listed))
    return CONFORMANT


def _add_explain(commands: Any) -> None:
    of = _command(
        commands,
        "explain",
        "explain a requirement, story, rule, defect, fault or problem code",
        _explain,
    )
    of.add_argument("code", metavar="CODE", help="such as DEC-01 or authorization_stale")


_ONE_OF = {"stories": "story", "rules": "monitoring rule", "codes": "problem code"}
"""What one entry of a list is called, where that is not the list's name without its last letter."""


def _explain(options: argparse.Namespace) -> int:
    from scenarios import catalogues

    for kind, told in catalogues.explain(options.code):
        print(f"{told.pop('id')} ({_ONE_OF.get(kind, kind.removesuffix('s'))})")
        for name, value in told.items():
            if value not in (None, "", []):
                print(f"  {name.replace('_', ' ')}: {value}")
    return CONFORMANT


if __name__ == "__main__":
    sys.exit(main())
