"""The docket of a run: every dossier, by subject, as it is made."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from scenarios.judge.assembly import Assembly
from scenarios.judge.dossiers import AnyDossier
from scenarios.judge.requirement import SubjectName
from scenarios.judge.subjects import (
    authorization,
    case,
    notice,
    payload,
    payment,
    person,
    request,
    transmission,
)

Part = Callable[[], Iterator[AnyDossier]]
"""Makes some of the dossiers of a subject, in journal order."""


def _in_one(build: Callable[[Assembly], Iterator[AnyDossier]]) -> "_Builder":
    return lambda assembly: [partial(build, assembly)]


_Builder = Callable[[Assembly], Sequence[Part]]
_BUILDERS: dict[SubjectName, _Builder] = {
    "payload": payload.parts,
    "person": _in_one(person.build),
    "transmission": _in_one(transmission.build),
    "authorization": _in_one(authorization.build),
    "notice": _in_one(notice.build),
    "request": _in_one(request.build),
    "case": _in_one(case.build),
    "payment": payment.parts,
}


def docket(
    assembly: Assembly, subjects: Iterable[SubjectName]
) -> Iterator[tuple[SubjectName, Part]]:
    """The dossiers of the subjects that are asked for, in parts that depend on nothing but the
    assembly: those of payments, which are many, in several, and the longest part first."""
    wanted = set(subjects)
    for name, build in _BUILDERS.items():
        for part in build(assembly) if name in wanted else ():
            yield name, part
