"""The docket of a run: every dossier, by subject."""

from collections.abc import Callable, Iterable, Iterator

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

_BUILDERS: dict[SubjectName, Callable[[Assembly], Iterator[AnyDossier]]] = {
    "payment": payment.build,
    "payload": payload.build,
    "transmission": transmission.build,
    "authorization": authorization.build,
    "person": person.build,
    "notice": notice.build,
    "request": request.build,
    "case": case.build,
}


def docket(
    assembly: Assembly, subjects: Iterable[SubjectName]
) -> Iterator[tuple[SubjectName, Iterator[AnyDossier]]]:
    """The dossiers of the subjects that are asked for, each in journal order, as they are made."""
    wanted = set(subjects)
    for name, build in _BUILDERS.items():
        if name in wanted:
            yield name, build(assembly)
