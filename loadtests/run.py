"""A load from end to end: `reinspect load`.

Without a target file it starts the simulator and the reference platform, each as a process of its
own. Exit codes: 0 conformant at the rate that was asked for, 1 not, 2 invalid or inconclusive, 64
usage or configuration, 70 our own failure.
"""

import shlex
import signal
import sys
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from loadtests import folders, machine, play, scene, telling
from loadtests.figures import as_json
from loadtests.options import USAGE, Options, UsageError, parse
from loadtests.outcome import Step
from loadtests.play import Manner
from loadtests.processes import PartyFailed
from loadtests.scene import Scene
from loadtests.whole import Whole
from loadtests.world import NotReady

UNCERTAIN, OUR_FAILURE = 2, 70


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one load and returns its exit code."""
    screen = Console()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # The parties end with the load.
    try:
        given = list(sys.argv[1:] if arguments is None else arguments)
        whole, folder = run(parse(given), screen, shlex.join(["reinspect", "load", *given]))
    except UsageError as mistake:
        print(f"reinspect load: {mistake}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("reinspect load: interrupted", file=sys.stderr)
        return UNCERTAIN
    except Exception:  # Whatever else happens is ours, and says so.
        traceback.print_exc()
        print(
            "reinspect load: this is a failure of reinspect, not of the platform", file=sys.stderr
        )
        return OUR_FAILURE
    telling.show(whole, screen)
    screen.print(f"figures and journals: {folder}", highlight=False)
    return whole.exit_code


def run(options: Options, screen: Console, command: str) -> tuple[Whole, Path]:
    """The whole load and the folder that holds its figures."""
    if options.target is not None:
        scene.check(options.target)
    folder = folders.create(options.out, "load")
    screen.print(f"load folder: {folder}", highlight=False)
    climb = Climb(options, folder, screen, command)
    try:
        with _opening(options, folder) as parties:
            climb.all_steps(parties)
    except (NotReady, PartyFailed) as failure:
        if options.target is None or climb.steps:
            raise  # The parties are all ours, or were well a moment ago.
        raise UsageError(str(failure)) from failure
    finally:
        if climb.steps:
            folders.write_json(folder / "load.json", as_json(climb.whole))
    return climb.whole, folder


def _opening(options: Options, folder: Path) -> scene.Opening:
    if options.target is None:
        return scene.of_reference(folder, options.load.seed, options.defect)
    return scene.of_target(options.target, folder, options.load.seed)


class Climb:
    """Plays one step after the other, as the plan says."""

    def __init__(self, options: Options, folder: Path, screen: Console, command: str) -> None:
        self.options, self.folder, self.screen = options, folder, screen
        self.steps: list[Step] = []
        self.target = ""
        self._manner = Manner(
            limits=options.limits,
            workers=options.workers,
            client=options.client,
            command=command,
        )

    def all_steps(self, parties: Scene) -> None:
        """Until the plan has nothing left to find out, or there is nobody left to ask."""
        self.target = parties.target.name
        plan = self.options.plan
        while (rate := plan.next_rate()) is not None:
            step = self._one(parties, rate)
            self.steps.append(step)
            telling.show_step(step, self.screen)
            folders.write_json(self.folder / "load.json", as_json(self.whole))
            if step.gone:
                return
            plan.tell(rate, step.verdict)

    def _one(self, parties: Scene, rate: float) -> Step:
        number = len(self.steps) + 1
        load = replace(self.options.load, rate=rate, seed=self.options.load.seed + number - 1)
        with self.screen.status("starting") as status:

            def tell(text: str) -> None:
                status.update(f"step {number}: {text}")

            return play.play(
                parties,
                load,
                self._manner,
                number=number,
                folder=self.folder / f"step-{number}",
                tell=tell,
            )

    @property
    def whole(self) -> Whole:
        """Everything so far."""
        return Whole(
            target=self.target,
            steps=tuple(self.steps),
            limits=self.options.limits,
            machine=machine.described(),
            command=self._manner.command,
            asked=None if self.options.rates is None else max(self.options.rates),
        )


if __name__ == "__main__":
    sys.exit(main())
