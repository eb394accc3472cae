"""A load from end to end: `python -m loadtests.run --seconds 30`.

Without a target file it starts the simulator and the reference platform, each as a process of its
own. Exit codes: 0 carried as asked and without errors, 1 errors, 2 not sent as asked, 64 usage or
configuration, 70 our own failure.
"""

import math
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from loadtests import folders, machine, scene, settling, telling
from loadtests.assignment import VARIABLE, Assignment, Generated, NoAssignment, read, write
from loadtests.options import Options, UsageError, parse
from loadtests.outcome import OUR_FAILURE, UNCERTAIN, USAGE, Outcome, as_json
from loadtests.processes import PartyFailed, running
from loadtests.world import NotReady

GRACE_S = 15.0
"""How long the last answers may take after the schedule has ended."""
PREPARATION_S = 60.0
LOCUSTFILE = Path(__file__).with_name("locustfile.py")


class GeneratorFailed(Exception):
    """Locust did not hand back what it saw."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one load and returns its exit code."""
    screen = Console()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # The parties end with the load.
    try:
        outcome, folder = run(parse(arguments), screen)
    except UsageError as mistake:
        print(f"load: {mistake}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("load: interrupted", file=sys.stderr)
        return UNCERTAIN
    except Exception:  # Whatever else happens is ours, and says so.
        traceback.print_exc()
        print("load: this is a failure of the load test, not of the platform", file=sys.stderr)
        return OUR_FAILURE
    telling.show(outcome, screen)
    screen.print(f"figures: {folder / 'load.json'}", highlight=False)
    return outcome.exit_code


def run(options: Options, screen: Console) -> tuple[Outcome, Path]:
    """The outcome and the folder that holds its figures."""
    if options.target is not None:
        scene.check(options.target)
    folder = folders.create(options.out, "load")
    try:
        with screen.status("starting the parties") as status:
            outcome = carry(options, folder, status.update)
    except (NotReady, PartyFailed) as failure:
        if options.target is None:
            raise  # The parties are all ours.
        raise UsageError(str(failure)) from failure
    folders.write_json(folder / "load.json", as_json(outcome))
    return outcome, folder


def carry(options: Options, folder: Path, tell: Callable[[str], None]) -> Outcome:
    """Parties up, messages sent, payments followed; parties down again, whatever happens."""
    load = options.load
    if options.target is None:
        opening = scene.of_reference(folder, load.seed)
    else:
        opening = scene.of_target(options.target, folder, load.seed)
    with opening as parties:
        tell("connecting")
        assignment = scene.prepare(parties, load, folder / "generated.json")
        tell(f"sending for {load.seconds:g} s")
        generated = generate(assignment, folder)
        tell("asking what became of the payments")
        poll = parties.target.poll
        settled = None if poll is None else settling.follow(generated.accepted, poll)
    return Outcome(
        load,
        generated,
        settled,
        machine.described(),
        parties.target.name,
        processes=tuple(parties.processes),
    )


def generate(assignment: Assignment, folder: Path) -> Generated:
    """Locust in a process of its own, since it changes whatever process it is in."""
    written = folder / "assignment.json"
    write(written, assignment)
    seconds_max = math.ceil(assignment.load.seconds + GRACE_S)
    arguments = ["-f", str(LOCUSTFILE), "--headless", "--users", "2", "--spawn-rate", "2"]
    arguments += ["--run-time", f"{seconds_max}s", "--exit-code-on-error", "0", "--only-summary"]
    with running(
        "generator",
        "locust",
        arguments,
        logs=folder / "logs",
        environment={VARIABLE: str(written.resolve())},
    ) as party:
        code = party.wait(seconds_max + PREPARATION_S)
        if code != 0:
            ended = "did not end" if code is None else f"ended with exit code {code}"
            raise GeneratorFailed(f"the generator {ended}: {party.last_words()}")
    try:
        generated = read(assignment.results, Generated)
    except NoAssignment as error:
        raise GeneratorFailed(f"{error}; the generator said: {party.last_words()}") from error
    for passed_on in (written, assignment.results):
        passed_on.unlink()
    return generated


if __name__ == "__main__":
    sys.exit(main())
