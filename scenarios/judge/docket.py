"""The docket of a run: every dossier, by subject."""

from collections.abc import Callable, Iterator

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


def docket(assembly: Assembly, subject: SubjectName) -> Iterator[AnyDossier]:
    """The dossiers of one subject in journal order, as they are made."""
    return _BUILDERS[subject](assembly)
