"""One thing that must hold, as an object: its id, clause, text, force, subject, examples and test
in one file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from scenarios.judge.dossiers import Dossier
from scenarios.judge.finding import Finding

Force = Literal["MUST", "SHOULD"]
SubjectName = Literal[
    "payment", "payload", "transmission", "authorization", "person", "notice", "request", "case"
]


Judge = Callable[[Any], Iterator[Finding]]


@dataclass(frozen=True)
class Requirement:
    """`judge` is shown one dossier at a time and yields its breaches; it never sees the run."""

    id: str
    title: str
    clause: str
    text: str
    force: Force
    subject: SubjectName
    at_least: int
    """Subjects that must have offered an opportunity to breach it; fewer is never a pass."""
    remedy: str
    """How to mend a platform that fails it."""
    bears_on: Callable[[Any], bool]
    acquits: Sequence[Dossier]
    convicts: Sequence[Dossier]
    judge: Judge


def requirement(
    *,
    id: str,
    title: str,
    clause: str,
    text: str,
    force: Force,
    subject: SubjectName,
    at_least: int,
    remedy: str,
    bears_on: Callable[[Any], bool],
    acquits: Sequence[Dossier],
    convicts: Sequence[Dossier],
) -> Callable[[Judge], Requirement]:
    """Turn the function that judges one dossier into the catalogue's entry."""

    def made(judge: Judge) -> Requirement:
        return Requirement(
            id=id,
            title=title,
            clause=clause,
            text=text,
            force=force,
            subject=subject,
            at_least=at_least,
            remedy=remedy,
            bears_on=bears_on,
            acquits=acquits,
            convicts=convicts,
            judge=judge,
        )

    return made
