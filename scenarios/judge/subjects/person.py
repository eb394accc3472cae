"""A payer whose data left: can recipients join what they hold, and does the payer learn who
they are?
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote, quote_plus

from scenarios.judge.assembly import Assembly
from scenarios.judge.dossiers import PersonDossier
from scenarios.judge.evidence import Seen
from scenarios.judge.joining import Joined, bytes_of
from scenarios.judge.masking import mask_value
from scenarios.judge.peeling import PeelingStopped, peel

_TOKEN = re.compile(r"[0-9A-Za-z_\-+/]{12,}={0,2}")
_PART = re.compile(r"[0-9A-Za-z]{16,}")
_READ_AS_TEXT = frozenset({"url", "json", "gzip", "zlib", "deflate", "bzip2", "zip", "escapes"})
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}")


def build(assembly: Assembly) -> Iterator[PersonDossier]:
    """One dossier for each person whose payments reached two recipients, or who asked what left."""
    received: dict[str, list[Joined]] = defaultdict(list)
    for joined in assembly.joined:
        for person in _persons(assembly, joined):
            received[person].append(joined)
    shared = _shared_tokens(assembly)
    answers = _answers(assembly)
    categories = _categories(assembly)
    for person, joins in received.items():
        answer = answers.get(person)
        known = [joined for joined in joins if answer is None or joined.at < answer.at]
        recipients = frozenset(joined.arrival.recipient for joined in known)
        if len(recipients) > 1 or answer is not None:
            yield PersonDossier(
                subject=f"person {person}",
                story=answer.story if answer else _story_of_second(joins),
                entries=tuple(joined.at.sequence for joined in known),
                id=person,
                recipients=recipients,
                shared_tokens=tuple(mask_value(token) for token in sorted(shared[person])),
                told_categories=frozenset(
                    code for joined in known for code in categories[joined.arrival.body.sha256]
                ),
                answered=str(answer.record.facts.get("answer")) if answer else None,
            )


def _answers(assembly: Assembly) -> dict[str, Seen]:
    """The last answer to each person who asked what left."""
    return {
        str(seen.record.facts.get("person")): seen
        for seen in assembly.evidence.actions
        if seen.record.facts.get("taken") == "query_person"
    }


def _categories(assembly: Assembly) -> dict[str, set[str]]:
    """What the platform named in lineage, by the digest of the payload."""
    named: dict[str, set[str]] = defaultdict(set)
    for _, item in assembly.evidence.lineage:
        named[item.payload].update(item.categories)
    return named


def _story_of_second(joins: list[Joined]) -> str:
    """The story in which a second recipient learnt of the person: playing it shows the link
    again."""
    first = joins[0].arrival.recipient
    return next(one.seen.story for one in joins if one.arrival.recipient != first)


def _persons(assembly: Assembly, joined: Joined) -> frozenset[str]:
    return frozenset(assembly.payments[payment].payer.id for payment in joined.payments)


def _shared_tokens(assembly: Assembly) -> dict[str, set[str]]:
    """By person: tokens that at least two recipients received, always in payloads about them."""
    about: dict[str, frozenset[str]] = {}
    seen_at: dict[str, set[str]] = defaultdict(set)
    for joined in assembly.joined:
        persons = _persons(assembly, joined)
        for token in _tokens(joined):
            about[token] = about.get(token, persons) & persons
            seen_at[token].add(joined.arrival.recipient)
    names = {payment.merchant.name for payment in assembly.payments.values()}
    lawful = "\n".join(written for name in names for written in _written(name))
    shared: dict[str, set[str]] = defaultdict(set)
    for token, recipients in seen_at.items():
        if len(recipients) > 1 and token not in lawful:
            for person in about[token]:
                shared[person].add(token)
    return shared


def _written(name: str) -> tuple[str, ...]:
    """A merchant's name as bodies write it: it may be known to everyone."""
    return tuple(
        written.casefold() for written in (name, quote(name), quote_plus(name), json.dumps(name))
    )


def _tokens(joined: Joined) -> set[str]:
    """Long values in any view of the body, and beside it; times are no tokens. What stands before
    or behind a token in the same word makes it no other token, and neither does its case."""
    arrival = joined.arrival
    beside = "\n".join((arrival.path, arrival.query, *arrival.headers.values()))
    found: set[str] = set()
    with suppress(PeelingStopped):
        for view in (
            view for data in (bytes_of(arrival.body), beside.encode()) for view in peel(data)
        ):
            if not view.path or view.path[-1] in _READ_AS_TEXT:
                found.update(_TOKEN.findall(_ESCAPE.sub(" ", view.text)))
    words = {token for token in found if not _TIME.match(token)}
    parts = {part for word in words for part in _PART.findall(word)}
    return {token.casefold() for token in words | parts}
