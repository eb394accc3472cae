"""How a judgement is told, one format a file: for a terminal, a reader, a pipeline, a program.

The folder is the list. Whatever a report shows of the evidence goes through the judgement's mask,
so that no planted secret stands in any report in the clear.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scenarios.judge import Judgement
from scenarios.judge.court import Ruling
from scenarios.judge.finding import Finding
from simulator.catalogue import entries as catalogue_entries
from simulator.journal.entry import Entry


@dataclass(frozen=True, slots=True)
class Account:
    """What a report is made of."""

    judgement: Judgement
    evidence: Sequence[Entry]
    """Entries of the run's journal, at least those that are shown."""
    command: str
    """The command that plays the run again, without a selection of stories or requirements."""

    def reproduce(self, ruling: Ruling, finding: Finding) -> str:
        """The shortest command that shows this finding again."""
        stories = dict.fromkeys([finding.about.story])
        known = [story for story in stories if story in self.judgement.stories]
        selection = "".join(f" --story {story}" for story in known)
        return f"{self.command}{selection} --requirement {ruling.requirement.id}"


FINDINGS_SHOWN = 20
"""Findings of one ruling whose evidence is shown."""
ENTRIES_SHOWN = 8
"""Entries of one finding that are shown."""


def entries_shown(judgement: Judgement) -> frozenset[int]:
    """The sequences of the entries on which the shown findings rest."""
    return frozenset(
        entry
        for ruling in judgement.rulings
        for finding in ruling.findings[:FINDINGS_SHOWN]
        for entry in finding.about.entries[:ENTRIES_SHOWN]
    )


def opportunities(ruling: Ruling) -> str:
    """How often it was exercised beside the least that counts, such as `413 ≥ 20` or `1 < 3`."""
    needed = ruling.requirement.at_least
    return f"{ruling.exercised} {'≥' if ruling.exercised >= needed else '<'} {needed}"


def whys(ruling: Ruling) -> list[str]:
    """What keeps an inconclusive ruling from being more: doubts, then our own failures."""
    doubts = [f"{doubt.subject}: {doubt.why}" for doubt in ruling.doubts]
    return doubts + [f"our own failure: {mistake}" for mistake in ruling.mistakes]


@dataclass(frozen=True, slots=True)
class Report:
    """One format: `render` turns an account into the bytes of the file."""

    id: str
    title: str
    filename: str
    """Its name in the run's folder."""
    render: Callable[[Account], bytes]


def catalogue() -> dict[str, Report]:
    """Every report format, by id."""
    return catalogue_entries(sys.modules[__name__], Report)


def write_all(account: Account, folder: Path) -> list[Path]:
    """Write every report into the folder of the run, and say where."""
    written = []
    for report in catalogue().values():
        path = folder / report.filename
        path.write_bytes(report.render(account))
        written.append(path)
    return written
