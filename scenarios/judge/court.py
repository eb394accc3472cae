"""Shows each requirement the dossiers that bear on it, and keeps our mistakes apart from the
platform's."""

from collections.abc import Sequence
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


def rule_on(requirement: Requirement, dossiers: Sequence[Dossier]) -> Ruling:
    """The ruling; a finding that rests on a blinded witness, on what may still have come, on a
    starved machine or on an ambiguous join is only a doubt."""
    findings: list[Finding] = []
    doubts: list[Doubt] = []
    mistakes: list[str] = []
    bearing: list[Dossier] = []
    for dossier in dossiers:
        try:
            if not requirement.bears_on(dossier):
                continue
            bearing.append(dossier)
            for finding in requirement.judge(dossier):
                doubt = doubt_in(finding, dossier)
                if doubt is None:
                    findings.append(finding)
                else:
                    doubts.append(doubt)
        except Exception as mistake:  # A fault in the judge is never evidence against the platform.
            mistakes.append(f"{dossier.subject}: {mistake!r}")
    return Ruling(
        requirement=requirement,
        verdict=_verdict(requirement, len(bearing), findings, doubts, mistakes),
        exercised=len(bearing),
        stories=tuple(dict.fromkeys(dossier.story for dossier in bearing)),
        findings=tuple(findings),
        doubts=tuple(doubts),
        mistakes=tuple(mistakes),
    )


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
