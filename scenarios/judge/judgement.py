"""All rulings of one run, as one value and as one canonical byte form.

The bytes hold nothing but what the journal says and what the catalogue makes of it: no time of
judging, no path, no machine. So the same journal gives the same bytes, on any machine, any number
of times.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scenarios.judge.court import Ruling
from scenarios.judge.finding import Fact, Finding
from scenarios.judge.verdict import Verdict

FORMAT = 1
Mask = Callable[[str], str]
"""Takes every planted secret out of a text."""
MOST_FINDINGS_SHOWN = 100
"""Findings of one ruling that a judgement spells out; all are counted."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the examination says of a platform, over one run."""

    verdict: str
    """`conformant`, `not_conformant`, `inconclusive`, or `partial` for a clean selection."""
    complete: bool
    """Every story was played and every requirement judged."""
    seed: int
    rule_pack: str
    versions: dict[str, str]
    journal_digest: str
    platform: str
    limits: dict[str, float]
    counts: dict[str, int]
    """Rulings by verdict, `payments`, `payloads`, `transmissions`, `entries` of the run, and what
    was `settled`, `unseen` and `unclaimed` (see `conservation`)."""
    rulings: tuple[Ruling, ...]
    stories: tuple[str, ...]
    skipped: dict[str, str]
    """Stories that were not played because the target lacks what they need, and what that is."""
    reasons: tuple[str, ...]
    """What kept the judgement from being complete or conclusive, in words."""
    mask: Mask = field(compare=False, repr=False)
    """Takes every secret that the run planted out of a text; everything shown goes through it."""
    command: str = "reinspect certify"
    """The command that plays the run again, as the run itself noted it."""

    @property
    def exit_code(self) -> int:
        """0 conformant, 1 not conformant, 2 inconclusive or partial."""
        return {"conformant": 0, "not_conformant": 1}.get(self.verdict, 2)


def verdict_of(*, worst: Verdict, complete: bool) -> str:
    """The one word: a breach convicts even a partial run; a clean selection is only `partial`."""
    if worst is Verdict.FAIL:
        return "not_conformant"
    if worst is not Verdict.PASS:
        return "inconclusive"
    return "conformant" if complete else "partial"


def to_json(judgement: Judgement) -> dict[str, Any]:
    """The judgement as `judgement.json` holds it; no planted secret in the clear."""
    return {
        "format": FORMAT,
        "verdict": judgement.verdict,
        "complete": judgement.complete,
        "platform": judgement.platform,
        "seed": judgement.seed,
        "rule_pack": judgement.rule_pack,
        "versions": judgement.versions,
        "journal_digest": judgement.journal_digest,
        "limits": judgement.limits,
        "counts": judgement.counts,
        "stories": list(judgement.stories),
        "skipped": judgement.skipped,
        "reasons": list(judgement.reasons),
        "rulings": [ruling_to_json(ruling, judgement.mask) for ruling in judgement.rulings],
    }


def to_bytes(judgement: Judgement) -> bytes:
    """The canonical bytes of `judgement.json`: sorted keys, two spaces, one newline at the end."""
    text = json.dumps(to_json(judgement), sort_keys=True, indent=2, ensure_ascii=False)
    return (text + "\n").encode()


def ruling_to_json(ruling: Ruling, mask: Mask) -> dict[str, Any]:
    """One ruling in it."""
    requirement = ruling.requirement
    return {
        "id": requirement.id,
        "title": requirement.title,
        "force": requirement.force,
        "clause": requirement.clause,
        "text": requirement.text,
        "subject": requirement.subject,
        "remedy": requirement.remedy,
        "verdict": ruling.verdict.word,
        "exercised": ruling.exercised,
        "at_least": requirement.at_least,
        "stories": list(ruling.stories),
        "findings_total": len(ruling.findings),
        "subjects": _subjects_by_sentence(ruling),
        "findings": [
            _finding_json(finding, mask) for finding in ruling.findings[:MOST_FINDINGS_SHOWN]
        ],
        "doubts": [{"subject": doubt.subject, "why": mask(doubt.why)} for doubt in ruling.doubts],
        "mistakes": [mask(mistake) for mistake in ruling.mistakes],
    }


def _subjects_by_sentence(ruling: Ruling) -> dict[str, int]:
    """Of how many subjects each sentence is said: one subject may be in breach more than once."""
    about: dict[str, set[str]] = {}
    for finding in ruling.findings:
        about.setdefault(finding.sentence, set()).add(finding.about.subject)
    return {sentence: len(subjects) for sentence, subjects in about.items()}


def _finding_json(finding: Finding, mask: Mask) -> dict[str, Any]:
    facts: dict[str, Fact] = {
        name: mask(value) if isinstance(value, str) else value
        for name, value in finding.facts.items()
    }
    return {
        "sentence": finding.sentence,
        "subject": finding.about.subject,
        "story": finding.about.story,
        "entries": list(finding.about.entries[:20]),
        "expected": mask(finding.expected),
        "seen": mask(finding.seen),
        "facts": facts,
    }
