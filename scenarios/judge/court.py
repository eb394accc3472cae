"""Shows each requirement the dossiers that bear on it, and keeps our mistakes apart from the
platform's."""

from collections.abc import Iterable
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class Minutes:
    """What a requirement made of the dossiers that it was shown."""

    exercised: int = 0
    stories: dict[str, None] = field(default_factory=dict)
    """Stories that exercised it, in their order."""
    findings: list[Finding] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def add(self, later: "Minutes") -> None:
        """What it made of the dossiers that came next."""
        self.exercised += later.exercised
        self.stories |= later.stories
        self.findings += later.findings
        self.doubts += later.doubts
        self.mistakes += later.mistakes


def show(requirement: Requirement, dossiers: Iterable[Dossier], minutes: Minutes) -> None:
    """Judges those that bear on the requirement; no more of them is kept than what is found.

    A finding that rests on a blinded witness, on what may still have come, on a starved machine or
    on an ambiguous join is only a doubt.
    """
    bears_on = requirement.bears_on
    for dossier in dossiers:
        try:
            if bears_on(dossier):
                minutes.exercised += 1
                minutes.stories[dossier.story] = None
                _hear(requirement, dossier, minutes)
        except Exception as mistake:  # A fault in the judge is never evidence against the platform.
            minutes.mistakes.append(f"{dossier.subject}: {mistake!r}")


def _hear(requirement: Requirement, dossier: Dossier, minutes: Minutes) -> None:
    for finding in requirement.judge(dossier):
        doubt = doubt_in(finding, dossier)
        if doubt is None:
            minutes.findings.append(finding)
        else:
            minutes.doubts.append(doubt)


def ruling_of(requirement: Requirement, minutes: Minutes) -> Ruling:
    """What comes of it."""
    return Ruling(
        requirement=requirement,
        verdict=_verdict(requirement, minutes),
        exercised=minutes.exercised,
        stories=tuple(minutes.stories),
        findings=tuple(minutes.findings),
        doubts=tuple(minutes.doubts),
        mistakes=tuple(minutes.mistakes),
    )


def rule_on(requirement: Requirement, dossiers: Iterable[Dossier]) -> Ruling:
    """The ruling over all of these."""
    minutes = Minutes()
    show(requirement, dossiers, minutes)
    return ruling_of(requirement, minutes)


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


def _verdict(requirement: Requirement, minutes: Minutes) -> Verdict:
    if minutes.findings:
        return Verdict.FAIL
    if minutes.doubts or minutes.mistakes:
        return Verdict.INCONCLUSIVE
    if minutes.exercised < requirement.at_least:
        return Verdict.NOT_EXERCISED
    return Verdict.PASS
