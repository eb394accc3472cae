"""A load from end to end: `reinspect load`.

Without a target file it starts the simulator and the reference platform, each as a process of its
own. Exit codes: 0 conformant at the rate that was asked for, 1 not, 2 invalid or inconclusive, 64
usage or configuration, 70 our own failure.
"""

import shlex
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from loadtests import (
    beforehand,
    calibration,
    compare,
    folders,
    generator,
    junit,
    machine,
    play,
    report,
    scene,
    telling,
)
from loadtests.compare import Comparison
from loadtests.figures import as_json
from loadtests.generator import GeneratorFailed, Manner
from loadtests.options import USAGE, Compare, Options, Serve, UsageError, parse
from loadtests.outcome import Ceilings, Step
from loadtests.processes import PartyFailed
from loadtests.scene import Scene
from loadtests.whole import Whole
from loadtests.world import NotReady

UNCERTAIN, OUR_FAILURE = 2, 70


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one load and returns its exit code."""
    screen = Console()
    if not screen.is_terminal:
        screen = Console(width=telling.WIDE)  # A log is as wide as what is written into it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # The parties end with the load.
    try:
        given = list(sys.argv[1:] if arguments is None else arguments)
        return _do(parse(given), screen, shlex.join(["reinspect", "load", *given]))
    except UsageError as mistake:
        print(f"reinspect load: {mistake}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("reinspect load: interrupted; steps that had ended are kept", file=sys.stderr)
        return UNCERTAIN
    except Exception:  # Whatever else happens is ours, and says so.
        traceback.print_exc()
        print(
            "reinspect load: this is a failure of reinspect, not of the platform", file=sys.stderr
        )
        return OUR_FAILURE


def _do(asked: Options | Serve | Compare, screen: Console, command: str) -> int:
    match asked:
        case Compare():
            comparison = Comparison(compare.read(asked.before), compare.read(asked.after))
            compare.show(comparison, screen)
            return comparison.exit_code
        case Serve():
            return generator.work_for(*asked.address, asked.client, _plainly(screen))
        case Options():
            whole, folder = run(asked, screen, command)
            telling.show(whole, screen)
            screen.print(f"report, figures and journals: {folder}", highlight=False)
            return whole.exit_code


def _plainly(screen: Console) -> Callable[[str], None]:
    """Tells a line that can be copied whole."""

    def tell(text: str) -> None:
        screen.print(escape(text), highlight=False, soft_wrap=True)

    return tell


def run(options: Options, screen: Console, command: str) -> tuple[Whole, Path]:
    """The whole load and the folder that holds its figures."""
    beforehand.check(options)
    folder = folders.create(options.out, "load")
    screen.print(f"load folder: {folder}", highlight=False)
    climb = Climb(options, folder, screen, command)
    try:
        with _opening(options, folder) as parties:
            climb.all_steps(parties)
    except (NotReady, PartyFailed, GeneratorFailed) as failure:
        if not climb.steps:
            if options.target is None or isinstance(failure, GeneratorFailed):
                raise  # The parties are all ours.
            raise UsageError(str(failure)) from failure
        climb.broken_off = str(failure)
    finally:
        climb.keep()
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
        self.ceilings: Ceilings | None = None
        self.broken_off: str | None = None
        self._manner = Manner(
            limits=options.limits,
            workers=options.workers,
            remote=options.remote,
            bind=options.bind,
            client=options.client,
            command=command,
            by_hand=_plainly(screen) if options.by_hand else None,
        )

    def all_steps(self, parties: Scene) -> None:
        """Until the plan has nothing left to find out, or there is nobody left to ask."""
        self.target = parties.target.name
        if self.options.calibrated:
            self._calibrate(parties)
        plan = self.options.plan
        while (rate := plan.next_rate()) is not None:
            step = self._one(parties, rate)
            self.steps.append(step)
            telling.show_step(step, self.screen)
            self.keep()
            if step.gone or step.judged is None:
                self.broken_off = step.why
                return
            plan.tell(rate, step.verdict)

    def _calibrate(self, parties: Scene) -> None:
        folder = self.folder / "calibration"
        folder.mkdir()
        rates = self.options.rates
        with self.screen.status("calibrating") as status:
            self.ceilings = calibration.calibrate(
                parties,
                self.options.load,
                self._manner,
                highest=self.options.rate_max if rates is None else max(rates),
                folder=folder,
                tell=status.update,
            )
        telling.show_ceilings(self.ceilings, self.screen)

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
                ceilings=self.ceilings,
                faults=self.options.faults,
            )

    def keep(self) -> None:
        """Writes what was seen so far: figures, page, and the file for pipelines."""
        if not self.steps:
            return
        figures = as_json(self.whole)
        folders.write_json(self.folder / "load.json", figures)
        (self.folder / "report.html").write_text(report.render(figures), encoding="utf-8")
        (self.folder / "junit.xml").write_bytes(junit.render(self.whole))

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
            ceilings=self.ceilings,
            broken_off=self.broken_off,
        )


if __name__ == "__main__":
    sys.exit(main())
