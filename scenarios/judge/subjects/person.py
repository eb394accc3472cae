"""A payer whose data left: can recipients join what they hold, and does the payer learn who
they are?
"""

from collections import defaultdict
from collections.abc import Iterator

from scenarios.judge.assembly import Assembly
from scenarios.judge.dossiers import PersonDossier
from scenarios.judge.evidence import Seen
from scenarios.judge.joining import Joined
from scenarios.judge.masking import mask_value


def build(assembly: Assembly) -> Iterator[PersonDossier]:
    """One dossier for each person whose payments reached two recipients, or who asked what left."""
    received: dict[str, list[Joined]] = defaultdict(list)
    for joined in assembly.joined:
        for person in _persons(assembly, joined):
            received[person].append(joined)
    shared = assembly.linkage.shared({payment.merchant for payment in assembly.payments.values()})
    answers = _answers(assembly)
    categories = _categories(assembly)
    for person, joins in received.items():
        answer = answers.get(person)
        known = [joined for joined in joins if joined.at < answer.at] if answer else joins
        recipients = frozenset(joined.arrival.recipient for joined in known)
        if len(recipients) > 1 or answer is not None:
            story = answer.story if answer else _story_of_second(joins)
            yield PersonDossier(
                subject=f"person {person}",
                story=story,
                watched=assembly.evidence.watched(joins[-1].at, story),
                entries=tuple(joined.at.sequence for joined in known),
                id=person,
                recipients=recipients,
                told_apart=assembly.linkage.tells_apart(person),
                shared_tokens=tuple(mask_value(token) for token in sorted(shared.get(person, ()))),
                told_categories=frozenset().union(
                    *(categories[joined.arrival.body.sha256] for joined in known)
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
    for payload, facts in assembly.evidence.lineage:
        named[payload].update(facts.categories)
    return named


def _story_of_second(joins: list[Joined]) -> str:
    """The story in which a second recipient learnt of the person: playing it shows the link
    again."""
    first = joins[0].arrival.recipient
    return next(one.seen.story for one in joins if one.arrival.recipient != first)


def _persons(assembly: Assembly, joined: Joined) -> dict[str, None]:
    """Whom it is about, each once, in the order of the payments."""
    return dict.fromkeys(assembly.payments[payment].payer.id for payment in joined.payments)
