"""Faults that are armed while a step runs: what, from when, and until when.

`unreachable:scope=regulator@3-6` reads: the fault `unreachable`, at the regulator, from the third
to the sixth second of the step. `scope`, `operations` (joined by +), `probability` and `times` are
the arming's; everything else is a parameter of the fault.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from simulator.catalogue import suggest

CLI = "scenarios.cli"
LOOK_EVERY_S = 0.02
OF_THE_ARMING = ("scope", "operations", "probability", "times")
EXAMPLE = "unreachable:scope=regulator@3-6"


class FaultUnreadable(Exception):
    """A fault that cannot be armed as it was written; the message says what to write."""


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """One fault and its time within the step."""

    name: str
    from_s: float
    to_s: float
    arming: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def order(self) -> dict[str, Any]:
        """As `/control` takes it."""
        return {"name": self.name, **self.arming, "parameters": self.parameters}


def read(text: str) -> PlannedFault:
    """The fault that the text describes."""
    what, at, when = text.rpartition("@")
    from_text, dash, to_text = when.partition("-")
    if not (what and at and dash):
        raise FaultUnreadable(f"{text!r} has no time; write such as {EXAMPLE}")
    try:
        from_s, to_s = float(from_text), float(to_text)
    except ValueError:
        raise FaultUnreadable(f"{when!r} is no time in seconds; write such as {EXAMPLE}") from None
    if not 0 <= from_s < to_s:
        raise FaultUnreadable(f"{when!r} must end after it begins, and not begin before 0")
    name, _, settings = what.partition(":")
    arming: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    for setting in filter(None, settings.split(",")):
        key, equals, value = setting.partition("=")
        if not equals:
            raise FaultUnreadable(f"{setting!r} is no setting; write such as delay_s=0.5")
        where = arming if key in OF_THE_ARMING else parameters
        where[key] = value.split("+") if key == "operations" else _value(value)
    return PlannedFault(name, from_s, to_s, arming, parameters)


def _value(text: str) -> Any:
    """A number, true or false, where it is one; otherwise the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def check(faults: Sequence[PlannedFault], seconds: float) -> list[PlannedFault]:
    """The faults with their scopes; FaultUnreadable for one that there is not, that cannot strike
    there, or whose time is beyond the step."""
    known = catalogue() if faults else {}
    return [_checked(fault, known, seconds) for fault in faults]


def catalogue() -> dict[str, tuple[str, ...]]:
    """Every fault of the simulator, and where it can strike."""
    listed = subprocess.run(
        [sys.executable, "-m", CLI, "list", "faults", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {fault["id"]: tuple(fault["scopes"]) for fault in json.loads(listed.stdout)}


def _checked(
    fault: PlannedFault, known: Mapping[str, tuple[str, ...]], seconds: float
) -> PlannedFault:
    if fault.name not in known:
        raise FaultUnreadable(f"there is no fault {fault.name!r}; {suggest(fault.name, known)}")
    scopes = known[fault.name]
    scope = fault.arming.get("scope", scopes[0])
    if scope not in scopes:
        raise FaultUnreadable(
            f"{fault.name} cannot strike at {scope!r}; choose {' or '.join(scopes)}"
        )
    if fault.to_s > seconds:
        raise FaultUnreadable(
            f"{fault.name} is to end after {fault.to_s:g} s, and a step has {seconds:g} s: end it "
            "earlier, so that its recovery can be seen, or raise --seconds"
        )
    arming = {**fault.arming, "scope": scope}
    return PlannedFault(fault.name, fault.from_s, fault.to_s, arming, fault.parameters)


class Arming:
    """Arms and reverts the faults of a step by its clock, in a thread of its own."""

    def __init__(
        self,
        faults: Sequence[PlannedFault],
        started: Path,
        *,
        arm: Callable[[Mapping[str, Any]], str],
        revert: Callable[[str], None],
    ) -> None:
        """`started` is the file that the generator writes when its clock starts, and its moment."""
        self._faults = faults
        self._started = started
        self._arm, self._revert = arm, revert
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.armed: list[str] = []
        self.wrong: list[str] = []
        """What could not be armed or reverted, and why."""

    def __enter__(self) -> Self:
        if self._faults:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._faults:
            self._thread.join()

    def wait(self) -> None:
        """Returns when all was armed and reverted."""
        self._thread.join()

    def _run(self) -> None:
        while not self._started.exists():
            if self._over.wait(LOOK_EVERY_S):
                return
        began = float(self._started.read_text())
        ids: dict[int, str] = {}
        for moment, number, act in moments(self._faults):
            self._over.wait(max(0.0, began + moment - time.time()))
            if self._over.is_set() and act == "arm":
                return  # The generator ended before; nothing is armed that nobody would revert.
            try:
                if act == "arm":
                    ids[number] = self._arm(self._faults[number].order)
                    self.armed.append(self._faults[number].name)
                elif number in ids:
                    self._revert(ids[number])
            except (
                Exception
            ) as error:  # Whatever it was, the step must say that it was not as meant.
                self.wrong.append(f"{self._faults[number].name} could not be {act}ed: {error}")


def moments(faults: Sequence[PlannedFault]) -> list[tuple[float, int, str]]:
    """When each fault is armed and reverted, in order; what ends goes before what begins."""
    ends = [(fault.to_s, number, "revert") for number, fault in enumerate(faults)]
    begins = [(fault.from_s, number, "arm") for number, fault in enumerate(faults)]
    return sorted([*ends, *begins], key=lambda one: (one[0], one[2] == "arm", one[1]))
