"""The kill matrix: every defect must be convicted by the requirement made for it, the honest by
none.

Each platform is examined in a sandbox of its own, as any user's platform would be: a process, a
target file, all stories, at a smaller scale. A few workers share the work, each with a simulator
that hosts its sandboxes.
"""

import asyncio
import contextlib
import importlib
import multiprocessing
import os
import string
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any, Literal

import uvloop

from scenarios import catalogues, certify, garbage, parties, run
from scenarios.control import Control
from scenarios.parties import Party, RunningSimulator
from scenarios.run import Plan
from scenarios.run_folder import RunFolder
from scenarios.stories import catalogue_of_stories
from scenarios.target import Target, load
from scenarios.target_template import target_text

Kind = Literal["honest", "defect", "null", "yes_man"]
WORKERS = 3 * (os.cpu_count() or 1)
"""Three for each processor: an examination waits for most of its time."""
SCALE = 0.15
READY_S = 10.0
IDLE_READY_S = 1.0
"""A dummy never registers; there is nothing to wait for."""
PASSCODE = "prove-passcode"


@dataclass(frozen=True, slots=True)
class Contender:
    """A platform to be examined.

    `command` and `target` (the text of a target file) are templates: `$port`, `$regulator`,
    `$recipient`, `$passcode`, `$state`, `$listen`, `$sandbox`, and in `target` also `$restart`, a
    TOML list.
    """

    id: str
    kind: Kind
    meant_for: str | None = None
    command: tuple[str, ...] = ()
    target: str | None = None
    """`None` for a platform with the reference platform's interface."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What became of a contender."""

    id: str
    kind: Kind
    verdict: str
    meant_for: str | None
    convicted_by: tuple[str, ...]
    crashed: bool
    decides: bool = True
    """Whether a breach of what it is meant for decides the verdict: a SHOULD convicts all the same,
    and fails nothing."""

    @property
    def as_expected(self) -> bool:
        """Whether the suite saw in it what it is. A crash is neither innocence nor a conviction."""
        if self.crashed:
            return False
        if self.kind == "honest":
            return self.verdict == "conformant" and not self.convicted_by
        if self.kind == "defect":
            failed = self.verdict == "not_conformant" or not self.decides
            return failed and self.meant_for in self.convicted_by
        return self.verdict in ("not_conformant", "inconclusive")


Told = Callable[[Examined, int, int], None]


OTHER_PLATFORM = "tests.other_platform.target"
"""An honest platform that shares no code with the reference platform. It is kept with the tests, so
that a checkout has it and an installed wheel does not."""


def contenders(extra: Sequence[Contender] = ()) -> list[Contender]:
    """All platforms: the honest ones, `extra` ones, every defect, and the two that must never
    pass."""
    defects = catalogues.entries("defects").values()
    return [
        Contender("honest", "honest"),
        *_other_honest(),
        *extra,
        *(Contender(defect.id, "defect", defect.meant_for) for defect in defects),
        Contender("null", "null", command=_dummy("null")),
        Contender("yes_man", "yes_man", command=_dummy("yes-man")),
    ]


def _other_honest() -> tuple[Contender, ...]:
    """The other platform, if this is a checkout; another project's `tests` are none of ours."""
    root = Path(__file__).parents[1]
    if not root.joinpath(*OTHER_PLATFORM.split(".")).with_suffix(".py").is_file():
        return ()
    module = importlib.import_module(OTHER_PLATFORM)
    return (module.OTHER_PLATFORM,)


def _dummy(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "scenarios.dummies", name, "$port")


def prove(
    *,
    seed: int,
    extra: Sequence[Contender] = (),
    only: Sequence[str] = (),
    out: Path | None = None,
    scale: float = SCALE,
    told: Told = lambda examined, number, of: None,
) -> list[Examined]:
    """Examines all contenders (or `only` those), in their order; run folders are kept below `out`
    if it is given."""
    chosen = [each for each in contenders(extra) if not only or each.id in only]
    with contextlib.ExitStack() as stack:
        folder = out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reinspect-")))
        return uvloop.run(_prove(chosen, folder, seed, scale, told))


def as_json(examined: Sequence[Examined]) -> dict[str, Any]:
    """The matrix as `reinspect prove --json` prints it."""
    return {
        "platforms": [{**asdict(one), "convicted_by": list(one.convicted_by)} for one in examined],
        "all_as_expected": all(one.as_expected for one in examined),
    }


async def _prove(
    chosen: Sequence[Contender], folder: Path, seed: int, scale: float, told: Told
) -> list[Examined]:
    workers = max(1, min(WORKERS, len(chosen)))
    context = multiprocessing.get_context("spawn")
    async with contextlib.AsyncExitStack() as stack:
        addresses: Queue[tuple[str, str]] = context.Queue()
        for number in range(workers):
            home = folder / f"simulator-{number}"
            simulator = await stack.enter_async_context(
                parties.simulator(folder=home, state=home / "state")
            )
            addresses.put((simulator.url, simulator.token))
        pool = stack.enter_context(
            ProcessPoolExecutor(workers, context, initializer=_settle, initargs=(addresses,))
        )
        loop = asyncio.get_running_loop()

        async def examine(contender: Contender) -> Examined:
            work = (contender, folder / contender.id, seed, scale)
            examined = await loop.run_in_executor(pool, _examine_here, *work)
            done.append(examined)
            told(examined, len(done), len(chosen))
            return examined

        done: list[Examined] = []
        return list(await asyncio.gather(*(examine(contender) for contender in chosen)))


_simulators: list[tuple[str, str]] = []
"""In a worker process: the address and token of the simulator that it works with."""


def _settle(addresses: "Queue[tuple[str, str]]") -> None:
    parties.leave_nobody_behind()
    garbage.look_seldom()
    _simulators.append(addresses.get())


def _examine_here(contender: Contender, folder: Path, seed: int, scale: float) -> Examined:
    """Runs in a worker process."""
    url, token = _simulators[0]
    return uvloop.run(_examine(contender, folder, seed, scale, url, token))


async def _examine(
    contender: Contender, folder: Path, seed: int, scale: float, url: str, token: str
) -> Examined:
    folder.mkdir(parents=True)
    simulator = RunningSimulator(url, token)
    target, platform = _prepared(contender, folder, simulator)
    plan = Plan(
        stories=tuple(catalogue_of_stories().values()),
        requirements=None,
        complete=True,
        seed=seed,
        rule_pack="r2022",
        scale=scale,
        ready_s=READY_S if contender.kind in ("honest", "defect") else IDLE_READY_S,
    )
    run_folder = RunFolder(folder)
    async with Control(url, token, target.simulator.sandbox) as control:
        await run.open_sandbox(control, target, plan)
        try:
            async with parties.running(platform, answers=target.payment.url):
                await run.play_and_collect(
                    plan, target, control, run_folder, lambda happening: None
                )
        finally:
            await control.delete()
    judgement = certify.judge_folder(run_folder).judgement
    return Examined(
        id=contender.id,
        kind=contender.kind,
        verdict=judgement.verdict,
        meant_for=contender.meant_for,
        convicted_by=tuple(
            ruling.requirement.id for ruling in judgement.rulings if ruling.verdict.word == "fail"
        ),
        crashed=platform.ended_by_itself,
        decides=all(
            ruling.requirement.force == "MUST"
            for ruling in judgement.rulings
            if ruling.requirement.id == contender.meant_for
        ),
    )


def _prepared(
    contender: Contender, folder: Path, simulator: RunningSimulator
) -> tuple[Target, Party]:
    sandbox = contender.id.replace("_", "-").lower()
    if not contender.command:
        defect = contender.id if contender.kind == "defect" else None
        return certify.reference(folder, simulator, sandbox=sandbox, defect=defect)
    port = parties.free_port()
    values = {
        "port": str(port),
        "regulator": f"{simulator.url}/{sandbox}/v1",
        "recipient": f"{simulator.url}/{sandbox}/recipients",
        "passcode": PASSCODE,
        "state": str(folder / "state"),
        "listen": simulator.url.removeprefix("http://"),
        "sandbox": sandbox,
    }
    command = [string.Template(part).substitute(values) for part in contender.command]
    platform = Party("platform", command, folder=folder / "logs", keep_alive=True)
    text = contender.target or _like_the_reference(contender.id, values)
    restart = "[" + ", ".join(map(repr, parties.restart_command(platform))) + "]"
    path = folder / certify.TARGET_FILE
    path.write_text(
        string.Template(text).safe_substitute(values, restart=restart), encoding="utf-8"
    )
    return load(path), platform


def _like_the_reference(name: str, values: dict[str, str]) -> str:
    return target_text(
        name=name,
        platform=f"http://127.0.0.1:{values['port']}",
        listen=values["listen"],
        passcode=PASSCODE,
        state="state",
        sandbox=values["sandbox"],
    )


def failures(examined: Sequence[Examined]) -> Iterator[str]:
    """One sentence for each platform in which the suite did not see what it is."""
    for one in examined:
        if one.as_expected:
            continue
        if one.crashed:
            yield f"{one.id} crashed, which proves nothing"
        elif one.kind == "defect":
            yield f"{one.id} was not convicted by {one.meant_for}"
        else:
            yield f"{one.id} ({one.kind}) was judged {one.verdict}"
