"""Shows each requirement the dossiers that bear on it, and keeps our mistakes apart from the
platform's."""

from collections.abc import Iterable
from dataclasses import dataclass

from scenarios.judge.dossiers import Dossier
from scenarios.judge.finding import Finding
from scenarios.judge.requirement import Requirement
from scenarios.judge.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why something that looked like a breach, or like a pass, proves nothing."""

    subject: str
    why: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one requirement says of one run."""

    requirement: Requirement
    verdict: Verdict
    exercised: int
    stories: tuple[str, ...]
    """Stories that exercised it, in the order in which they were played."""
    findings: tuple[Finding, ...]
    doubts: tuple[Doubt, ...]
    mistakes: tuple[str, ...]
    """Our own failures while judging; they erase no finding."""


class Hearing:
    """One requirement, shown some dossiers after the others.

    A finding that rests on a blinded witness, on what may still have come, on a starved machine or
    on an ambiguous join is only a doubt.
    """

    def __init__(self, requirement: Requirement) -> None:
        self.requirement = requirement
        self._exercised = 0
        self._stories: dict[str, None] = {}
        self._findings: list[Finding] = []
        self._doubts: list[Doubt] = []
        self._mistakes: list[str] = []

    def show(self, dossiers: Iterable[Dossier]) -> None:
        """Judge those that bear on the requirement; no more of them is kept than what is found."""
        bears_on = self.requirement.bears_on
        for dossier in dossiers:
            try:
                if bears_on(dossier):
                    self._exercised += 1
                    self._stories[dossier.story] = None
                    self._hear(dossier)
            # A fault in the judge is never evidence against the platform.
            except Exception as mistake:
                self._mistakes.append(f"{dossier.subject}: {mistake!r}")

    def _hear(self, dossier: Dossier) -> None:
        for finding in self.requirement.judge(dossier):
            doubt = doubt_in(finding, dossier)
            if doubt is None:
                self._findings.append(finding)
            else:
                self._doubts.append(doubt)

    def ruling(self) -> Ruling:
        """What came of it."""
        return Ruling(
            requirement=self.requirement,
            verdict=_verdict(
                self.requirement, self._exercised, self._findings, self._doubts, self._mistakes
            ),
            exercised=self._exercised,
            stories=tuple(self._stories),
            findings=tuple(self._findings),
            doubts=tuple(self._doubts),
            mistakes=tuple(self._mistakes),
        )


def rule_on(requirement: Requirement, dossiers: Iterable[Dossier]) -> Ruling:
    """The ruling over all of these."""
    hearing = Hearing(requirement)
    hearing.show(dossiers)
    return hearing.ruling()


def doubt_in(finding: Finding, dossier: Dossier) -> Doubt | None:
    """What keeps a finding from being proved: we broke the witness, the run broke off, the machine
    was too slow to tell, or nobody can tell whose payload it was."""
    if finding.absent_from is not None and finding.absent_from in dossier.blind:
        return Doubt(
            dossier.subject,
            f"{finding.sentence}, but a fault had blinded the {finding.absent_from}",
        )
    if (finding.absent_from is not None or finding.may_come) and not dossier.watched:
        return Doubt(dossier.subject, f"{finding.sentence}, but the run broke off before its end")
    if finding.starved is not None:
        return Doubt(dossier.subject, f"{finding.sentence}, but {finding.starved}")
    if finding.rests_on_join and dossier.doubt is not None:
        return Doubt(dossier.subject, f"{finding.sentence}, but {dossier.doubt}")
    return None


def _verdict(
    requirement: Requirement,
    exercised: int,
    findings: list[Finding],
    doubts: list[Doubt],
    mistakes: list[str],
) -> Verdict:
    if findings:
        return Verdict.FAIL
    if doubts or mistakes:
        return Verdict.INCONCLUSIVE
    if exercised < requirement.at_least:
        return Verdict.NOT_EXERCISED
    return Verdict.PASS
