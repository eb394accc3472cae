"""Plays one step of rate: a sandbox at its beginning, messages by the schedule, every payment
followed to its end, the journal written and judged.

One sandbox serves all steps, since a platform is configured once; it is reset before each, so that
every step has a journal of its own, which can be judged again without the others. A step ends only
when everything was settled and closed, or when patience has ended: half of the evidence would
convict of what was only under way.
"""

import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from loadtests import judged, lags, machine, scene, settling
from loadtests.account import STORY, asked_records, followed_record, mark, names_of
from loadtests.assignment import Assignment, Load
from loadtests.fault_plan import Arming, PlannedFault
from loadtests.generator import Manner, generate
from loadtests.judged import Judged
from loadtests.merchants import PAYMENT, made
from loadtests.outcome import Ceilings, Step
from loadtests.saturation import Watching
from loadtests.scene import Scene
from loadtests.settling import Settled
from loadtests.world import NotReady
from scenarios.traffic import Payment
from simulator.clock import wall_now

QUIET_S = 0.6
"""A world in which nothing was written for so long, and nothing is open, is at rest."""
LOOK_EVERY_S = 0.1
JOURNAL = "journal.ndjson"

Tell = Callable[[str], None]


def play(
    scene_: Scene,
    load: Load,
    manner: Manner,
    *,
    number: int,
    folder: Path,
    tell: Tell,
    ceilings: Ceilings | None = None,
    faults: Sequence[PlannedFault] = (),
) -> Step:
    """One step and everything that was seen of it. `folder` is its own and holds a run after it."""
    folder.mkdir(parents=True)
    step = _Playing(scene_, load, manner, folder, tell, faults)
    step.set_up()
    step.send()
    step.follow()
    step.keep()
    return step.seen(number, ceilings)


class _Playing:
    """The stages of one step, in their order."""

    def __init__(
        self,
        scene_: Scene,
        load: Load,
        manner: Manner,
        folder: Path,
        tell: Tell,
        faults: Sequence[PlannedFault],
    ) -> None:
        self.faults = faults
        self.scene, self.load, self.manner = scene_, load, manner
        self.folder, self.tell = folder, tell
        self.sandbox = scene_.target.simulator.sandbox
        self.gone: list[str] = []
        self.disturbed: list[str] = []
        self.settled: Settled | None = None
        self.judged: Judged | None = None
        self.lags = lags.Lags()
        self.drained = False

    def set_up(self) -> None:
        """The world at its beginning, and one payment that shows that it works."""
        self.tell("connecting")
        standing = scene.set_up(self.scene, self.load)
        self.assignment = Assignment(
            load=self.load,
            checkout=self.scene.target.checkout,
            recipients=self.scene.target.recipients,
            standing=standing,
            results=(self.folder / "generated.json").resolve(),
        )
        count = len(self.load.arrivals(PAYMENT, self.load.rate)) + 1
        self.payments: list[Payment] = list(
            made(self.load.seed, self.scene.target.recipients, count)
        )
        self.probe, self.unsound = scene.probe(self.scene.target, self.payments[0])
        self.scene.world.record(
            self.sandbox,
            [
                mark("run_started", **self._facts()),
                mark("story_started", STORY),
                mark("baseline", STORY, sound=self.unsound is None, why=self.unsound),
            ],
        )

    def _facts(self) -> dict[str, Any]:
        """What the judge must know of the run, so that the journal alone suffices."""
        target = self.scene.target
        return {
            "seed": self.load.seed,
            "scale": 1.0,
            "tag": "",
            "command": self.manner.command,
            "limits": target.limits,
            "rule_pack": self.scene.world.state(self.sandbox)["rule_pack"],
            "stories": [STORY],
            "requirements": None,
            "complete": False,
            "versions": {"python": str(machine.described()["python"])},
            "platform": target.name,
            "target": {"path": "target.toml", "sha256": target.digest},
            "capabilities": {},
            "actions": [],
        }

    def send(self) -> None:
        """Everything by the schedule, while simulator and machine are watched and faults armed."""
        self.tell(f"{self.load.rate:g} payments/s for {self.load.seconds:g} s")
        world, started = self.scene.world, self.assignment.started
        cores = int(machine.described()["cores"])
        arming = Arming(
            self.faults,
            started,
            arm=partial(world.arm, self.sandbox),
            revert=partial(world.revert, self.sandbox),
        )
        watching = Watching(world.saturation, self.scene.processes, cores, started=started)
        with watching, arming:
            self.generated = generate(self.assignment, self.manner, self.folder)
        watching.end_at(self.load.seconds)
        self.saturation = watching.saturation
        self.disturbed += arming.wrong

    def follow(self) -> None:
        """Waits until every transmission is closed and every payment final, or patience ends. The
        simulator knows what is open, so that the platform is asked when it has time to answer."""
        self._look_who_is_gone()
        began = time.monotonic()
        patience_s = 0.0 if self.gone or self.disturbed else self.manner.limits.settle_s
        self.tell("waiting for the last transmission to close")
        self.drained = self._drain(began + patience_s)
        self.tell("asking what became of the payments")
        accepted = [
            names_of(asked, self.payments[asked.number])
            for asked in self.generated.asked
            if asked.outcome == "accepted"
        ]
        poll = self.scene.target.poll
        if poll is not None:
            trusted = self.scene.target.checkout.trusted
            self.settled = settling.follow(
                accepted, poll, began=began, wait_s_max=patience_s, trusted=trusted
            )
            self.drained = self._drain(began + patience_s)

    def _look_who_is_gone(self) -> None:
        """A platform that died is the platform's, a simulator that died is ours."""
        where = scene.unreachable(self.scene.target)
        if where is not None:
            self.gone.append(
                f"the platform does not answer at {where} any more; see its log; what was seen "
                "until then is kept"
            )
        try:
            self.scene.world.state(self.sandbox)
        except NotReady as gone:
            self.disturbed.append(f"{gone}; see its log")

    def _drain(self, deadline: float) -> bool:
        """Whether all transmissions were closed and nothing stirred any more by then."""
        seen, since = -1, time.monotonic()
        while True:
            try:
                state = self.scene.world.state(self.sandbox)
            except NotReady:
                return False
            now = time.monotonic()
            if state["sequence"] != seen:
                seen, since = state["sequence"], now
            if not state["open_transmissions"] and now - since >= QUIET_S:
                return True
            if now > deadline and (state["open_transmissions"] or now > deadline + QUIET_S):
                return not state["open_transmissions"]
            time.sleep(LOOK_EVERY_S)

    def keep(self) -> None:
        """The merchants' account goes into the journal, and the journal to the judge."""
        self.tell("judging")
        records = [
            *asked_records([self.probe, *self.generated.asked], self.payments),
            *self._followed(),
        ]
        if self.drained:  # Without the end of its story, silence proves nothing to the judge.
            records.append(mark("story_ended", STORY))
        records.append(mark("run_ended", why=self.unsound))
        journal = self.folder / JOURNAL
        try:
            self.scene.world.record(self.sandbox, records)
            self.scene.world.export(self.sandbox, journal)
        except NotReady as gone:
            if not self.disturbed:
                self.disturbed.append(f"{gone}; see its log")
            return
        self._write_run(journal)
        self.lags = lags.read(journal)
        self.judged = judged.judge(self.folder)

    def _followed(self) -> list[dict[str, Any]]:
        """What the merchants were told last; who was not asked about is not in it."""
        now = wall_now()
        words = {"silent": "pending"}
        fates = () if self.settled is None else self.settled.fates
        if self.scene.target.poll is None:  # Then the first answer is the last word.
            accepted = [one for one in self.generated.asked if one.outcome == "accepted"]
            fates = tuple((self.payments[one.number].id, "settled") for one in accepted)
        return [followed_record(payment, words.get(fate, fate), now) for payment, fate in fates]

    def _write_run(self, journal: Path) -> None:
        """The run file, with which `reinspect verify` can tell that no entry was cut off."""
        with journal.open("rb") as lines:
            last = json.loads(list(lines)[-1])
        run = {
            "format": 1,
            "id": self.folder.name,
            **self._facts(),
            "entries": last["sequence"],
            "head": last["digest"],
            "written_at": wall_now().isoformat(),
        }
        text = json.dumps(run, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        (self.folder / "run.json").write_text(text, encoding="utf-8")

    def seen(self, number: int, ceilings: Ceilings | None) -> Step:
        """Everything together."""
        return Step(
            number=number,
            load=self.load,
            limits=self.manner.limits,
            generated=self.generated,
            saturation=self.saturation,
            settled=self.settled,
            drained=self.drained,
            judged=self.judged,
            lags=self.lags,
            recoveries=tuple(lags.recoveries(self.lags)),
            gone=tuple(self.gone),
            ceilings=ceilings,
            faults=tuple(self.faults),
            disturbed=tuple(self.disturbed),
        )
