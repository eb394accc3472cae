"""Plays the stories, one after the other, and collects the journal. It judges nothing."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from scenarios import run_folder
from scenarios.control import Control, ControlRefused, SimulatorGone, WorldState
from scenarios.merchants import Merchants
from scenarios.notebook import Notebook
from scenarios.pace import Pace
from scenarios.run_folder import RunFolder
from scenarios.sight import Sight
from scenarios.stage import Stage
from scenarios.stories import Story, in_order_of_play
from scenarios.target import Target, host_and_port
from scenarios.traffic import Traffic
from simulator.clock import wall_now
from simulator.law.packs import pack

LOOK_EVERY_S = 0.05
ANSWERS_S = 20.0
"""The longest that an address may take to accept a connection; where nobody listens it is refused
at once."""
FIRST_DAY = {"r2022": datetime(2023, 6, 1, tzinfo=UTC)}
"""Where a rule pack's sandbox begins, if not on the pack's own first day: under r2022 the story
plays in June 2023."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to play, and how."""

    stories: tuple[Story, ...]
    requirements: tuple[str, ...] | None
    """The requirements that were selected; `None` for all."""
    complete: bool
    """Neither stories nor requirements were selected."""
    seed: int
    rule_pack: str
    command: str = "reinspect certify"
    """What a user types to play it again."""
    tag: str = ""
    """Ends the id of every payment, so that a platform that remembers former runs of the same seed
    does not take a payment for one that it has settled already."""
    scale: float = 1.0
    """How many merchants pay, relative to a whole run."""
    ready_s: float = 30.0
    """The longest that the run waits for the platform to register and to be authorized."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What the run is doing just now, for whoever looks on."""

    story: str
    number: int
    of: int
    text: str


Tell = Callable[[Happening], None]


@dataclass(frozen=True, slots=True)
class Played:
    """How it went; what it means is for the judge to say."""

    ready: bool
    """The platform registered and held its authorizations."""
    why: str | None
    """Why not everything was played; `None` if it was."""


def first_moment(rule_pack: str) -> datetime:
    """Sandbox time at which a run under this rule pack begins; UnknownId for a wrong one."""
    found = pack(rule_pack)
    return FIRST_DAY.get(rule_pack) or datetime.combine(found.in_force_from, time(1), UTC)


async def open_sandbox(control: Control, target: Target, plan: Plan) -> None:
    """The sandbox at its beginning: a new one, or the old one reset with its registration kept."""
    await control.open(
        passcode=target.simulator.passcode,
        seed=plan.seed,
        starts_at=first_moment(plan.rule_pack),
        rule_pack=plan.rule_pack,
    )
    for recipient in (*target.recipients, target.unlisted):
        await control.reply(recipient.id, **asdict(target.reply))


async def play(plan: Plan, target: Target, control: Control, tell: Tell) -> Played:
    """Plays the plan's stories over an open sandbox. Whatever happens is in the journal."""
    notebook = Notebook(control)
    await notebook.mark("run_started", **_facts(plan, target))
    async with (
        Pace(control, notebook) as pace,
        Merchants(target, notebook, pace.stretch) as merchants,
    ):
        stage = Stage(
            target=target,
            control=control,
            merchants=merchants,
            notebook=notebook,
            sight=Sight(control),
            traffic=Traffic(plan.seed),
            scale=plan.scale,
            tag=plan.tag,
            stretch=pace.stretch,
            longer_s=pace.longer_s,
        )
        player = _Player(stage, plan, tell)
        try:
            played = await player.play()
        finally:
            await notebook.flush()
    await notebook.mark("run_ended", why=played.why)
    return played


def _facts(plan: Plan, target: Target) -> dict[str, Any]:
    """What the judge must know of the run, so that the journal alone suffices."""
    return {
        "seed": plan.seed,
        "scale": plan.scale,
        "tag": plan.tag,
        "command": plan.command,
        "limits": asdict(target.limits),
        "rule_pack": plan.rule_pack,
        "stories": [story.id for story in plan.stories],
        "requirements": None if plan.requirements is None else list(plan.requirements),
        "complete": plan.complete,
        "versions": run_folder.versions(),
        "platform": target.platform.name,
        "target": {"path": target.path.name, "sha256": run_folder.digest_of(target)},
        "capabilities": asdict(target.capabilities),
        "actions": sorted(target.actions),
    }


class _Player:
    """Takes the stories in their order; after a story that left no sound platform it plays no
    other."""

    def __init__(self, stage: Stage, plan: Plan, tell: Tell) -> None:
        self.stage = stage
        self.stories = in_order_of_play(list(plan.stories))
        self.plan = plan
        self._tell = tell
        self._number = 0
        stage.tell = self._say

    def _say(self, text: str) -> None:
        self._tell(Happening(self.stage.story, self._number, len(self.stories), text))

    async def play(self) -> Played:
        why = await self._wait_until_ready()
        if why is not None:
            await self._give_up(self.stories, why)
            return Played(False, why)
        await self.stage.set_right()
        for number, story in enumerate(self.stories, start=1):
            self._number = number
            why = await self._play_one(story)
            if why is not None:
                await self._give_up(self.stories[number:], why)
                return Played(True, why)
        return Played(True, None)

    async def _wait_until_ready(self) -> str | None:
        """Why the platform cannot be examined at all; `None` once it holds its authorizations."""
        self._say("waiting for the platform to register and declare")
        loop = asyncio.get_running_loop()
        asked_to_declare, began = False, loop.time()
        while True:
            state = await self.stage.control.state()
            missing = self._missing(state)
            if missing is None and await self.stage.platform_is_ready(within_s=5.0):
                return None
            waited_s = (loop.time() - began) / self.stage.stretch()
            late = waited_s > 0.2 * self.plan.ready_s
            if (
                state.active
                and late
                and not asked_to_declare
                and "declare" in self.stage.target.actions
            ):
                asked_to_declare = True
                await self.stage.action("declare")
            if waited_s > self.plan.ready_s:
                return missing or "its health check does not say that it is ready"
            await asyncio.sleep(LOOK_EVERY_S)

    def _missing(self, state: WorldState) -> str | None:
        if not state.active:
            return "no platform has registered with the regulator"
        held = {(each.recipient, each.country) for each in state.authorizations}
        for recipient in self.stage.target.recipients:
            if (recipient.id, recipient.country) not in held:
                return (
                    f"the platform is registered, but holds no accepted declaration for "
                    f"{recipient.id} in {recipient.country}"
                )
        return None

    async def _play_one(self, story: Story) -> str | None:
        """Plays one story; why no other can follow it, or `None`."""
        stage = self.stage
        stage.story = story.id
        for need in story.needs:
            lacking = stage.target.lacks(need)
            if lacking is not None:
                await stage.notebook.mark("story_skipped", story.id, why=lacking)
                return None
        await stage.notebook.mark("story_started", story.id)
        self._say(story.title)
        unsound = await stage.baseline()
        await stage.notebook.mark("baseline", story.id, sound=unsound is None, why=unsound)
        # Unsound or not, this one is played: what it shows may convict; what it does not show
        # proves nothing.
        broken = await self._perform(story)
        if broken is not None:
            await stage.notebook.mark("baseline", story.id, sound=False, why=broken)
        await stage.notebook.mark("story_ended", story.id)
        return broken or unsound

    async def _perform(self, story: Story) -> str | None:
        """The script and the return to calm; why the story could not be played to its end."""
        try:
            await story.play(self.stage)
            await self.stage.set_right()
        except (ControlRefused, LookupError) as error:
            return f"the story could not be played to its end: {error}"
        if not await _answers(self.stage.target.payment.url):
            return "the platform does not answer any more"
        return None

    async def _give_up(self, stories: list[Story], why: str) -> None:
        for story in stories:
            await self.stage.notebook.mark("baseline", story.id, sound=False, why=why)


async def _answers(url: str) -> bool:
    """Whether anything still listens at this address."""
    host, port = host_and_port(url)
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), ANSWERS_S)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def collect(control: Control, folder: RunFolder, plan: Plan, target: Target) -> None:
    """Writes the journal and the run file; SimulatorGone if the journal cannot be had any more."""
    lines = await control.journal()
    unfinished = folder.path / "journal.unfinished"
    unfinished.write_bytes(lines)
    unfinished.replace(folder.journal)
    last = lines.rstrip().rpartition(b"\n")[2]
    folder.write_run({**_facts(plan, target), **_head(last), "written_at": wall_now().isoformat()})


def _head(last_line: bytes) -> dict[str, Any]:
    entry = json.loads(last_line)
    return {"entries": entry["sequence"], "head": entry["digest"]}


async def play_and_collect(
    plan: Plan, target: Target, control: Control, folder: RunFolder, tell: Tell
) -> Played:
    """Plays and collects; what was recorded is kept even if the playing breaks off."""
    try:
        return await play(plan, target, control, tell)
    finally:
        try:
            await collect(control, folder, plan, target)
        except SimulatorGone:
            _keep(folder.path, target)


def _keep(folder: Path, target: Target) -> None:
    """Says where the records are when the simulator is gone before it could hand them over."""
    note = (
        "The simulator ended before its journal was exported. Its state is in "
        f"{target.simulator.state}.\n"
    )
    (folder / "journal-not-exported.txt").write_text(note, encoding="utf-8")
