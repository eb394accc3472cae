"""What it means to a payment that payloads carried it: the same for each of the many payments that
one payload may carry."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scenarios.judge.assembly import Assembly, doubt_of
from scenarios.judge.dossiers import Moment, PayloadFacts
from scenarios.judge.evidence import Version
from scenarios.judge.joining import Joined

KEPT_MAX = 10_000
"""Those found last: where each payload carries one payment, there are as many as payments."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """What the payloads that carried a payment mean to it, whichever payment of the story it is.
    Where there are none, it never left."""

    left_at: Moment | None
    blind: frozenset[str]
    watched: bool
    doubt: str | None
    permitted: bool
    monitored: bool
    amount_authorized: bool
    version_known: bool
    """The first left under a transmission that names a version of an authorization: `accepted_at`
    is when the declaration of that version was accepted, if it was."""
    accepted_at: Moment | None
    payloads: tuple[tuple[frozenset[str], tuple[PayloadFacts, PayloadFacts]], ...]
    """Of each, the payments whose exact amount stands in it, and its facts for any other payment
    and for one of those."""


def leavings(assembly: Assembly) -> Callable[[str, tuple[int, ...]], Leaving]:
    """Finds each by the story of the payment and the entries of the payloads, once: a payload
    carries payments that were asked for at about the same time."""
    all_joined = {joined.at.sequence: joined for joined in assembly.joined}

    @lru_cache(KEPT_MAX)
    def leaving_of(story: str, entries: tuple[int, ...]) -> Leaving:
        joins = [all_joined[entry] for entry in entries]
        return _leaving(assembly, story, joins) if joins else _NEVER

    return leaving_of


def _leaving(assembly: Assembly, story: str, joins: Sequence[Joined]) -> Leaving:
    first = joins[0]
    version = _version(assembly, first)
    declared = assembly.evidence.declarations.get(version.grant.declaration) if version else None
    return Leaving(
        left_at=first.at,
        blind=assembly.blind(first.at, story),
        watched=assembly.evidence.watched(first.at, story),
        doubt=doubt_of(joins),
        permitted=all(_permitted(assembly, joined) for joined in joins),
        monitored=all(_monitored(assembly, joined) for joined in joins),
        amount_authorized=_amount_authorized(assembly, first),
        version_known=version is not None,
        accepted_at=declared.accepted if declared else None,
        payloads=tuple(
            (
                joined.exact,
                (assembly.facts_of(joined, exact=False), assembly.facts_of(joined, exact=True)),
            )
            for joined in joins
        ),
    )


_NEVER = Leaving(
    left_at=None,
    blind=frozenset(),
    watched=True,
    doubt=None,
    permitted=True,
    monitored=True,
    amount_authorized=True,
    version_known=False,
    accepted_at=None,
    payloads=(),
)


def _version(assembly: Assembly, joined: Joined) -> Version | None:
    """The version of an authorization that its transmission names."""
    sent = assembly.evidence.transmissions.get(joined.transmission or "")
    if sent is None:
        return None
    for version in assembly.evidence.versions.get(sent.event.authorization, []):
        if version.grant.version == sent.event.authorization_version:
            return version
    return None


def _permitted(assembly: Assembly, joined: Joined) -> bool:
    sent = assembly.evidence.transmissions.get(joined.transmission or "")
    return sent is not None and sent.accepted is not None and sent.accepted < joined.at


def _monitored(assembly: Assembly, joined: Joined) -> bool:
    sent = assembly.evidence.transmissions.get(joined.transmission or "")
    if sent is None:
        return False
    return any(event.type == "transmission.started" and at < joined.at for at, event in sent.feed)


def _amount_authorized(assembly: Assembly, joined: Joined) -> bool:
    return "M02" in (assembly.permit_at(joined.at, joined.arrival.recipient) or ())
