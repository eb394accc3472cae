"""One certification from end to end: parties up, stories played, journal collected, judged,
told."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from scenarios import doctor, parties, run, run_folder
from scenarios.control import Control
from scenarios.judge import judge_journal
from scenarios.parties import RunningSimulator
from scenarios.reports import Account, entries_shown, write_all
from scenarios.requirements import catalogue as requirements
from scenarios.run import Plan, Played, Tell
from scenarios.run_folder import RunFolder
from scenarios.target import Target, load
from scenarios.target_template import target_text
from simulator.clock import wall_now
from simulator.journal.ndjson import some_entries
from simulator.journal.verify import Ending

PASSCODE = "reference-passcode"
TARGET_FILE = "target.toml"


class NotReady(Exception):
    """The platform cannot be examined: a matter of configuration, not a breach."""


class Unhealthy(Exception):
    """The doctor found configuration errors; `checks` are all that it looked at."""

    def __init__(self, checks: list[doctor.Check]) -> None:
        self.checks = checks
        super().__init__("the configuration is not sound")


@dataclass(frozen=True, slots=True)
class Certified:
    """What a run left behind."""

    folder: RunFolder
    played: Played
    account: Account


Begun = Callable[[RunFolder], None]
"""Told as soon as there is a folder, so that it can be named whatever happens next."""


async def certify_target(
    target: Target, plan: Plan, out: Path, tell: Tell, begun: Begun
) -> Certified:
    """Examines the platform that the target describes; it must be running."""
    checks = await doctor.examine(target)
    if not doctor.is_healthy(checks):
        raise Unhealthy(checks)
    now = wall_now()
    folder = run_folder.create(out, seed=plan.seed, now=now)
    begun(folder)
    plan = replace(plan, tag=f"{now:%y%m%d%H%M%S}")
    address = target.simulator
    async with parties.simulator(
        folder=folder.path / "logs",
        state=address.state,
        host=address.host,
        port=address.port,
        tls=address.tls,
    ) as simulator:
        played = await examine(simulator, plan, target, folder, tell)
    return _judged(folder, played)


async def certify_reference(
    plan: Plan,
    out: Path,
    tell: Tell,
    begun: Begun,
    *,
    defect: str | None = None,
    tls: Path | None = None,
) -> Certified:
    """Examines the reference platform, through a target file as any user would; over https where
    `tls` is a directory of certificates."""
    folder = run_folder.create(out, seed=plan.seed, now=wall_now())
    begun(folder)
    state = folder.path / "state"
    logs = folder.path / "logs"
    async with parties.simulator(folder=logs, state=state, tls=tls) as simulator:
        target, platform = reference(folder.path, simulator, sandbox="main", defect=defect, tls=tls)
        sandbox = target.simulator.sandbox
        async with Control(simulator.url, simulator.token, sandbox, ca=simulator.ca) as control:
            await run.open_sandbox(control, target, plan)
        async with parties.running(platform, answers=target.platform.healthz or ""):
            played = await examine(simulator, plan, target, folder, tell, is_open=True)
    if folder.journal.exists():
        shutil.rmtree(state)  # The journal holds all of it.
    return _judged(folder, played)


def reference(
    folder: Path,
    simulator: RunningSimulator,
    *,
    sandbox: str,
    defect: str | None,
    tls: Path | None = None,
) -> tuple[Target, parties.Party]:
    """The reference platform, not yet started, and the target that describes it, read from its
    file."""
    port = parties.free_port()
    platform = parties.reference_platform(
        folder=folder / "logs",
        state=folder / "state" / "platform",
        port=port,
        simulator_url=simulator.url,
        sandbox=sandbox,
        passcode=PASSCODE,
        defect=defect,
        ca=simulator.ca,
    )
    text = target_text(
        name="the reference platform" + (f" with the defect {defect}" if defect else ""),
        platform=f"http://127.0.0.1:{port}",
        listen=simulator.url.partition("://")[2],
        passcode=PASSCODE,
        state="state",
        sandbox=sandbox,
        restart=parties.restart_command(platform),
        tls=tls,
    )
    path = folder / TARGET_FILE
    path.write_text(text, encoding="utf-8")
    return load(path), platform


async def examine(
    simulator: RunningSimulator,
    plan: Plan,
    target: Target,
    folder: RunFolder,
    tell: Tell,
    *,
    is_open: bool = False,
) -> Played:
    """Plays the plan over a running simulator and keeps everything in the folder."""
    sandbox = target.simulator.sandbox
    async with Control(simulator.url, simulator.token, sandbox, ca=simulator.ca) as control:
        if not is_open:
            await run.open_sandbox(control, target, plan)
        return await run.play_and_collect(plan, target, control, folder, tell)


def judge_folder(folder: RunFolder) -> Account:
    """Judges a stored run from its journal alone, which is proved whole as it is read: Broken where
    it is not, or does not end as the run file says."""
    told = folder.read_run()
    ending = Ending(told.get("entries"), told.get("head"))
    judgement = judge_journal(folder.journal, ending, requirements())
    exhibits = some_entries(folder.journal, entries_shown(judgement))
    return Account(judgement, list(exhibits), judgement.command)


def _judged(folder: RunFolder, played: Played) -> Certified:
    if not played.ready:
        raise NotReady(f"{played.why}; see the platform's own log, and `reinspect doctor TARGET`")
    account = judge_folder(folder)
    write_all(account, folder.path)
    return Certified(folder, played, account)
