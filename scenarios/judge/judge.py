"""From a journal to a judgement, in one call."""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from scenarios.judge.assembly import Assembly, assemble
from scenarios.judge.conservation import conserved
from scenarios.judge.court import Minutes, Ruling, ruling_of, show
from scenarios.judge.docket import Part, docket
from scenarios.judge.evidence import Evidence
from scenarios.judge.forks import in_forks
from scenarios.judge.gathering import read, read_journal
from scenarios.judge.judgement import Judgement, verdict_of
from scenarios.judge.leaks import PlantedIndex
from scenarios.judge.masking import legible, mask
from scenarios.judge.requirement import Requirement, SubjectName
from scenarios.judge.verdict import Verdict, overall
from simulator.journal.entry import Entry
from simulator.journal.verify import Ending

SHOWN_TOGETHER = 1_000
"""Dossiers, which are of one subject."""


class NoRun(Exception):
    """A journal without a run: nothing was staged, so there is nothing to judge."""


def judge(entries: Iterable[Entry], requirements: Mapping[str, Requirement]) -> Judgement:
    """Judge a run by the requirements that its `run_started` mark selected (all, when it selected
    none).

    Raises NoRun for a journal in which no run was started.
    """
    with _without_collection():
        return _judge(read(entries), requirements)


def judge_journal(path: Path, ending: Ending, requirements: Mapping[str, Requirement]) -> Judgement:
    """The same of a journal file, which is proved to be whole, and to end there, as it is read.

    Raises JournalUnreadable, Broken or NewerFormat where it is not, and NoRun.
    """
    with _without_collection():
        return _judge(read_journal(path, ending), requirements)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Nothing that a judge makes refers back to itself; to look for that again and again among
    millions of things takes longer than the judging."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _judge(evidence: Evidence, requirements: Mapping[str, Requirement]) -> Judgement:
    assembly = assemble(evidence)
    run = evidence.run
    if not run:
        raise NoRun(
            "the journal holds no `run_started` mark; was it written by `reinspect certify`?"
        )
    selected = run.get("requirements") or list(requirements)
    chosen = [requirements[id] for id in requirements if id in selected]
    return _judgement(assembly, _rulings(assembly, chosen))


def _rulings(assembly: Assembly, chosen: Sequence[Requirement]) -> tuple[Ruling, ...]:
    """Each dossier is made once, shown with some others to everyone whom it may concern, and gone:
    of a large run they would not fit into memory."""
    parts = list(docket(assembly, (one.subject for one in chosen)))
    is_large = len(parts) > len({subject for subject, _ in parts})
    minutes = {requirement.id: Minutes() for requirement in chosen}
    hear_one = partial(_hear, chosen, parts)
    for heard in in_forks(hear_one, range(len(parts)), is_large=is_large):
        for id, noted in heard.items():
            minutes[id].add(noted)
    return tuple(ruling_of(requirement, minutes[requirement.id]) for requirement in chosen)


def _hear(
    chosen: Sequence[Requirement], parts: Sequence[tuple[SubjectName, Part]], at: int
) -> dict[str, Minutes]:
    """What the requirements, by their id, make of one part of the dossiers."""
    subject, part = parts[at]
    concerned = [(one, Minutes()) for one in chosen if one.subject == subject]
    dossiers = part()
    while some := list(islice(dossiers, SHOWN_TOGETHER)):
        for requirement, noted in concerned:
            show(requirement, some, noted)
    return {requirement.id: noted for requirement, noted in concerned}


def _judgement(assembly: Assembly, rulings: tuple[Ruling, ...]) -> Judgement:
    evidence = assembly.evidence
    run, opened = evidence.run, evidence.opened
    reasons = _reasons(evidence)
    complete = bool(run.get("complete")) and not reasons
    worst = overall(_deciding(rulings, run))
    if reasons and worst is Verdict.PASS:
        worst = Verdict.INCONCLUSIVE
    counts = Counter(ruling.verdict.word for ruling in rulings)
    return Judgement(
        verdict=verdict_of(worst=worst, complete=complete),
        complete=complete,
        seed=int(run.get("seed", 0)),
        rule_pack=opened.rule_pack if opened else "unknown",
        versions=dict(run.get("versions", {})),
        journal_digest=evidence.head,
        platform=str(run.get("platform", "unknown")),
        limits={"stop_s": assembly.limits.stop_s, "revocation_s": assembly.limits.revocation_s},
        counts={
            **{verdict.word: counts.get(verdict.word, 0) for verdict in Verdict},
            "entries": evidence.entries,
            "payments": len(assembly.payments),
            "payloads": len(assembly.joined),
            "transmissions": len(evidence.transmissions),
            **conserved(assembly),
        },
        rulings=rulings,
        stories=tuple(evidence.stories),
        skipped=dict(evidence.not_offered),
        reasons=reasons,
        mask=partial(_masked, assembly.planted),
        command=str(run.get("command", "reinspect certify")),
    )


def _deciding(rulings: tuple[Ruling, ...], run: Mapping[str, Any]) -> list[Verdict]:
    """The verdicts of the MUSTs. Where only stories were selected, what they do not exercise says
    nothing of the platform, as long as they exercise something."""
    musts = [ruling.verdict for ruling in rulings if ruling.requirement.force == "MUST"]
    only_stories = not run.get("complete") and not run.get("requirements")
    if only_stories and any(verdict is not Verdict.NOT_EXERCISED for verdict in musts):
        return [verdict for verdict in musts if verdict is not Verdict.NOT_EXERCISED]
    return musts


def _masked(index: PlantedIndex, text: str) -> str:
    return legible(mask(text, index))


def _reasons(evidence: Evidence) -> tuple[str, ...]:
    """What keeps a clean run from being conclusive."""
    reasons = [
        f"story {story} had no sound baseline: {why}" for story, why in evidence.unsound.items()
    ]
    reasons += [
        f"story {story} broke off before its end"
        for story, (_, end) in evidence.stories.items()
        if end is None
    ]
    unsigned = evidence.unheard.total() - evidence.unheard["rate_limited"]
    if unsigned:
        reasons.append(
            f"{unsigned} requests that nobody signed well were counted and not kept: whose they "
            "were and what they said is not known; raise no flood, or find out who sends it"
        )
    if not evidence.ended:
        reasons.append(_cut_short(evidence))
    return tuple(reasons)


def _cut_short(evidence: Evidence) -> str:
    """Why a journal without an end is none to pass by, and which stories it never came to."""
    known = evidence.stories.keys() | evidence.not_offered.keys() | evidence.unsound.keys()
    missing = [story for story in evidence.run.get("stories", ()) if story not in known]
    why = "the run broke off before its end, or its journal was cut short"
    return f"{why}; not played: {', '.join(missing)}" if missing else why
