"""The docket of a run: every dossier, by subject."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

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

Docket = Mapping[SubjectName, Sequence[AnyDossier]]

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


def docket(assembly: Assembly, subjects: Iterable[SubjectName]) -> Docket:
    """The dossiers of the subjects that are asked for, each in journal order."""
    wanted = set(subjects)
    return {name: list(build(assembly)) for name, build in _BUILDERS.items() if name in wanted}
