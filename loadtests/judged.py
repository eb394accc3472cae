"""Has the journal of a step judged, by the same command that judges any stored run.

The judge is a process of its own: what it says is a function of the journal alone, and whoever
doubts it can type the command again.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

JUDGEMENT = "judgement.json"
CLI = "scenarios.cli"
NEEDED = ("DEC-01", "MON-01", "MON-02", "TRC-01")
"""What a load exercises in any case. Where one of these was exercised too little, the step says
nothing."""
FIRST_FORMAT = 1


class JudgeFailed(Exception):
    """The judge did not come to a judgement: a failure of ours."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One requirement that the platform failed."""

    requirement: str
    title: str
    subject: str
    """What it speaks about, such as `transmission`."""
    subjects: tuple[tuple[str, int], ...]
    """Each sentence that is said of any, and of how many: that of the first finding first."""
    expected: str
    """By the first finding."""
    seen: str

    @property
    def lines(self) -> tuple[str, ...]:
        """One for each sentence; the first tells what was seen besides."""
        first, *others = [
            f"{self.requirement}, {count} {self.subject}{'' if count == 1 else 's'}: {sentence}"
            for sentence, count in self.subjects
        ]
        return (f"{first} ({self._difference})", *others)

    @property
    def _difference(self) -> str:
        """What was seen and what was expected; the name of a figure is not said twice."""
        name, colon, _ = self.seen.partition(": ")
        if colon and self.expected.startswith(name + colon):
            return f"{self.seen}, not {self.expected[len(name + colon) :]}"
        return f"seen: {self.seen}; expected: {self.expected}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judge says of one step."""

    verdict: str
    """`conformant`, `not_conformant` or `inconclusive`; only what a load exercises is in it."""
    breaches: tuple[Breach, ...]
    warnings: tuple[Breach, ...]
    """SHOULDs that the platform failed: told, and deciding nothing."""
    doubts: tuple[str, ...]
    """What keeps the judgement from being conclusive."""
    passed: int
    """Requirements that were exercised enough, and passed."""
    journal_digest: str
    payments: int
    transmissions: int
    unseen: int = 0
    """Payments that were settled, as the platform says, and of which nothing was seen to arrive."""
    unclaimed: int = 0
    """Payloads that can be tied to no payment: one of them may have been an unseen one."""

    @property
    def lost(self) -> int:
        """Payments that were settled and certainly brought nothing to anybody."""
        return 0 if self.unclaimed else self.unseen


def judge(folder: Path) -> Judged:
    """Judges the run in the folder; reports and `judgement.json` are beside its journal then."""
    done = subprocess.run(
        [sys.executable, "-m", CLI, "judge", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    path = folder / JUDGEMENT
    if done.returncode not in (0, 1, 2) or not path.exists():
        raise JudgeFailed(f"{folder} could not be judged: {done.stderr[-2000:] or done.stdout}")
    return read(json.loads(path.read_text(encoding="utf-8")))


def read(told: Mapping[str, Any]) -> Judged:
    """What a `judgement.json` says of a load."""
    if told["format"] != FIRST_FORMAT:
        raise JudgeFailed(f"a judgement of format {told['format']!r} cannot be read here")
    rulings = {ruling["id"]: ruling for ruling in told["rulings"]}
    failed = [ruling for ruling in told["rulings"] if ruling["verdict"] == "fail"]
    breaches = tuple(_breach(one) for one in failed if one["force"] == "MUST")
    doubts = tuple(_doubts(told, rulings))
    clean = "inconclusive" if doubts else "conformant"
    return Judged(
        verdict="not_conformant" if breaches else clean,
        breaches=breaches,
        warnings=tuple(_breach(one) for one in failed if one["force"] != "MUST"),
        doubts=doubts,
        passed=sum(ruling["verdict"] == "pass" for ruling in told["rulings"]),
        journal_digest=told["journal_digest"],
        payments=told["counts"]["payments"],
        transmissions=told["counts"]["transmissions"],
        unseen=told["counts"]["unseen"],
        unclaimed=told["counts"]["unclaimed"],
    )


def _breach(ruling: Mapping[str, Any]) -> Breach:
    first = ruling["findings"][0]
    leading = first["sentence"]
    sentences = sorted(
        ruling["subjects"].items(), key=lambda one: (one[0] != leading, -one[1], one[0])
    )
    return Breach(
        requirement=ruling["id"],
        title=ruling["title"],
        subject=ruling["subject"],
        subjects=tuple(sentences),
        expected=first["expected"],
        seen=first["seen"],
    )


def _doubts(told: Mapping[str, Any], rulings: Mapping[str, Mapping[str, Any]]) -> list[str]:
    doubts = list(told["reasons"])
    for id, ruling in rulings.items():
        if ruling["verdict"] == "inconclusive" and ruling["force"] == "MUST":
            said = [doubt["why"] for doubt in ruling["doubts"]] + ruling["mistakes"]
            doubts.append(f"{id} is inconclusive: {said[0] if said else 'no reason is told'}")
        if id in NEEDED and ruling["verdict"] == "not_exercised":
            doubts.append(
                f"{id} was exercised {ruling['exercised']} times, and at least "
                f"{ruling['at_least']} are needed: raise the rate or --seconds"
            )
    return doubts
