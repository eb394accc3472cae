"""Locust as a process of its own, since it changes whatever process it is in: started for one
schedule, and asked what it saw.
"""

import math
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from loadtests.assignment import (
    CLIENT_VARIABLE,
    VARIABLE,
    Assignment,
    Client,
    Generated,
    NoAssignment,
    read,
    write,
)
from loadtests.limits import Limits
from loadtests.processes import Party, running

GRACE_S = 15.0
"""How long the last answers may take after the schedule has ended."""
PREPARATION_S = 120.0
"""How long all processes may take to prepare what they send, and those elsewhere to come."""
LOOK_EVERY_S = 0.05
LOCUSTFILE = Path(__file__).with_name("locustfile.py")
PORT = 5557
"""Where a master listens for its workers, if nothing else is said."""


class GeneratorFailed(Exception):
    """Locust did not hand back what it saw."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How every step of a load is played."""

    limits: Limits
    workers: int = 1
    """Processes of the generator on this machine."""
    remote: int = 0
    """Processes elsewhere, which come by themselves; then there are none on this machine."""
    bind: tuple[str, int] = ("127.0.0.1", PORT)
    """Where the master listens for those elsewhere."""
    client: Client = "fast"
    command: str = "reinspect load"
    """What a user types to play it again."""
    by_hand: Callable[[str], None] | None = None
    """Tells the user what to type, where Locust is started by hand; `None` where we start it."""

    @property
    def arguments(self) -> list[str]:
        """How Locust is started."""
        found = ["-f", str(LOCUSTFILE), "--headless", "--exit-code-on-error", "0", "--only-summary"]
        if self.remote:
            host, port = self.bind
            found += ["--master", "--master-bind-host", host, "--master-bind-port", str(port)]
            found += ["--expect-workers", str(self.remote)]
            found += ["--expect-workers-max-wait", f"{PREPARATION_S:.0f}"]
        elif self.workers > 1:
            found += ["--processes", str(self.workers)]
        return found


def generate(assignment: Assignment, manner: Manner, folder: Path) -> Generated:
    """Sends everything that is assigned; what was seen of it."""
    written = folder / "assignment.json"
    write(written, assignment)
    for former in (assignment.results, assignment.started):
        former.unlink(missing_ok=True)
    if manner.by_hand is not None:
        manner.by_hand(typed(written, manner.client))
        said = _wait_for_results(assignment)
    else:
        environment = {VARIABLE: str(written.resolve()), CLIENT_VARIABLE: manner.client}
        with running(
            "generator", "locust", manner.arguments, logs=folder / "logs", environment=environment
        ) as party:
            _wait_for(assignment, party)
        said = party.last_words()
    try:
        generated = read(assignment.results, Generated)
    except NoAssignment as error:
        raise GeneratorFailed(f"{error}; the generator said: {said}") from error
    for passed_on in (written, assignment.results, assignment.started):
        passed_on.unlink(missing_ok=True)
    return generated


def typed(written: Path, client: Client) -> str:
    """What a user types who starts Locust by hand."""
    told = {VARIABLE: str(written.resolve()), CLIENT_VARIABLE: client}
    words = [f"{name}={shlex.quote(value)}" for name, value in told.items()]
    return " ".join([*words, sys.executable, "-m", "locust", "-f", shlex.quote(str(LOCUSTFILE))])


def _wait_for_results(assignment: Assignment) -> str:
    """Returns when somebody has sent it all; whoever has no patience types Ctrl-C."""
    while not assignment.results.exists():
        time.sleep(LOOK_EVERY_S)
    return "nothing, as it was started by hand"


def _wait_for(assignment: Assignment, party: Party) -> None:
    """Returns when the generator has ended; it is told to end when time is up, and tells what it
    has seen then."""
    deadline = time.monotonic() + PREPARATION_S
    while not assignment.started.exists() and party.is_running and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_S)
    seconds_max = math.ceil(assignment.load.seconds + GRACE_S)
    code = party.wait(seconds_max) if assignment.started.exists() else party.wait(0.0)
    if code is None:
        party.stop()
    elif code != 0:
        raise GeneratorFailed(f"the generator ended with exit code {code}: {party.last_words()}")


def work_for(host: str, port: int, client: Client, tell: Callable[[str], None]) -> int:
    """Serves the master of another machine, step after step, until it comes no more; the last exit
    code of Locust, or 0 if it served at least one step."""
    arguments = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--worker"]
    arguments += ["--master-host", host, "--master-port", str(port)]
    steps = 0
    while True:
        tell(f"waiting for the load at {host}:{port}; Ctrl-C ends it")
        code = subprocess.call(arguments, env={**os.environ, CLIENT_VARIABLE: client})
        if code != 0:
            return 0 if steps else code
        steps += 1
