"""A payer whose data reached more than one recipient: can the recipients join what they hold?"""

import re
from collections import defaultdict
from collections.abc import Iterator

from scenarios.judge.assembly import Assembly
from scenarios.judge.dossiers import PersonDossier
from scenarios.judge.joining import Joined, bytes_of
from scenarios.judge.masking import mask_value

_TOKEN = re.compile(r"[0-9A-Za-z_\-+/]{12,}={0,2}")


def build(assembly: Assembly) -> Iterator[PersonDossier]:
    """One dossier for each person whose payments reached at least two recipients."""
    received: dict[str, list[Joined]] = defaultdict(list)
    for joined in assembly.joined:
        for person in {assembly.payments[payment].payer.id for payment in joined.payments}:
            received[person].append(joined)
    holders = _holders(assembly)
    for person, joins in received.items():
        recipients = frozenset(joined.arrival.recipient for joined in joins)
        if len(recipients) > 1:
            shared = _shared(person, joins, holders)
            yield PersonDossier(
                subject=f"person {person}",
                story=joins[-1].seen.story,
                entries=tuple(joined.at.sequence for joined in joins),
                id=person,
                recipients=recipients,
                shared_tokens=tuple(mask_value(token) for token in shared),
            )


def _tokens(joined: Joined) -> set[str]:
    return set(_TOKEN.findall(bytes_of(joined.arrival.body).decode("utf-8", "replace")))


def _holders(assembly: Assembly) -> dict[str, set[str]]:
    """Every long token of the run with the persons beside whom it stood."""
    holders: dict[str, set[str]] = defaultdict(set)
    for joined in assembly.joined:
        persons = {assembly.payments[payment].payer.id for payment in joined.payments} or {""}
        for token in _tokens(joined):
            holders[token] |= persons
    return holders


def _shared(person: str, joins: list[Joined], holders: dict[str, set[str]]) -> list[str]:
    """Tokens that two recipients received beside this person and beside no one else."""
    seen_at: dict[str, set[str]] = defaultdict(set)
    for joined in joins:
        for token in _tokens(joined):
            seen_at[token].add(joined.arrival.recipient)
    return sorted(
        token
        for token, recipients in seen_at.items()
        if len(recipients) > 1 and holders[token] == {person}
    )
