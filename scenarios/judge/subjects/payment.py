"""What a merchant asked for, and what became of it at home and abroad."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from scenarios.judge.assembly import Assembly, doubt_of, late_by, unlisted_values
from scenarios.judge.dossiers import Moment, Order, PaymentDossier
from scenarios.judge.evidence import Seen, Submitted
from scenarios.judge.joining import Joined
from scenarios.judge.leaks import Leak
from scenarios.traffic import Payment, Person, plain


def build(assembly: Assembly) -> Iterator[PaymentDossier]:
    """One dossier for each payment that a merchant asked for."""
    leaks = _leaks_by_person(assembly)
    declared = _declared(assembly)
    listed = {recipient for recipient, _ in declared}
    views = _Views(assembly)
    restarts = list(_restarts(assembly.evidence.actions))
    unlisted = _at_unlisted(assembly)
    for id, submitted in assembly.asked.items():
        payment = assembly.payments[id]
        joins = assembly.carried.get(id, [])
        if not joins and payment.recipient:
            # For an unlisted recipient, any payload that reached it in the story.
            joins = unlisted.get((payment.recipient, submitted.story), [])
        yield _dossier(
            assembly, payment, submitted, joins, leaks, declared, listed, views, restarts
        )


def _dossier(
    assembly: Assembly,
    payment: Payment,
    submitted: Submitted,
    joins: list[Joined],
    leaks: dict[str, list[Leak]],
    declared: dict[tuple[str, str], Moment],
    listed: set[str],
    views: "_Views",
    restarts: list[tuple[str, Moment]],
) -> PaymentDossier:
    first = joins[0] if joins else None
    while_ = _suspension(assembly, submitted)
    late = [s for joined in joins if (s := late_by(while_, joined.at)) is not None]
    return PaymentDossier(
        subject=f"payment {payment.id}",
        story=submitted.story,
        entries=(submitted.at.sequence, *(joined.at.sequence for joined in joins)),
        blind=assembly.blind(first.at if first else submitted.at, submitted.story),
        watched=assembly.evidence.watched(
            max(submitted.at, first.at) if first else submitted.at, submitted.story
        ),
        doubt=doubt_of(joins),
        id=payment.id,
        platform_payment=submitted.platform_payment,
        asked_at=submitted.sent_at,
        outcome=submitted.outcome,
        final=assembly.evidence.followed.get(payment.id, "unknown"),
        domestic=payment.domestic,
        recipient=payment.recipient,
        country=payment.country,
        recipient_listed=payment.recipient in listed,
        country_listed=(payment.recipient, payment.country) in declared,
        unlisted_fields=len(unlisted_values(payment)),
        awkward=_awkward(payment),
        amount_authorized=first is None or views[first.at.sequence].amount_authorized,
        asked_under=_cut_off(assembly, submitted),
        asked_while=while_,
        left_under_order_s=next(iter(late), None),
        left_starved=assembly.starvation(while_.told_at, while_.limit_s, late) if while_ else None,
        asked_before_restart=any(
            story == submitted.story and submitted.answered_at < at.wall_at
            for story, at in restarts
        ),
        accepted_at=_accepted_at(assembly, declared, payment, first),
        payloads=tuple(assembly.facts_of(joined, payment.id) for joined in joins),
        left_at=first.at if first else None,
        permitted=all(views[joined.at.sequence].permitted for joined in joins),
        monitored=all(views[joined.at.sequence].monitored for joined in joins),
        leaks=tuple(leaks.get(payment.payer.id, ())),
    )


@dataclass(frozen=True, slots=True)
class _View:
    """What a payload means to each of its payments."""

    permitted: bool
    monitored: bool
    amount_authorized: bool


class _Views(dict[int, _View]):
    """By the entry of the payload, made when first asked for: it may carry many payments."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._joined = {joined.at.sequence: joined for joined in assembly.joined}

    def __missing__(self, entry: int) -> _View:
        joined = self._joined[entry]
        made = self[entry] = _View(
            permitted=_permitted(self._assembly, joined),
            monitored=_monitored(self._assembly, joined),
            amount_authorized=_amount_authorized(self._assembly, joined),
        )
        return made


def _restarts(actions: Iterable[Seen]) -> Iterator[tuple[str, Moment]]:
    """When the platform was restarted, by story. One that could not be restarted proves nothing."""
    begun: Seen | None = None
    for seen in actions:
        facts = seen.record.facts
        if facts.get("action") == "restart":
            begun = seen
        elif facts.get("taken") == "restart":
            if begun is not None and facts.get("ok"):
                yield begun.story, begun.at
            begun = None


def _at_unlisted(assembly: Assembly) -> dict[tuple[str, str], list[Joined]]:
    """What reached recipients without any authorization, by recipient and story."""
    found: dict[tuple[str, str], list[Joined]] = {}
    for joined in assembly.joined:
        recipient = joined.arrival.recipient
        if not assembly.versions_for(recipient):
            found.setdefault((recipient, joined.seen.story), []).append(joined)
    return found


def _declared(assembly: Assembly) -> dict[tuple[str, str], Moment]:
    """When each recipient and country was first accepted."""
    found: dict[tuple[str, str], Moment] = {}
    for declared in assembly.evidence.declarations.values():
        if declared.accepted is not None:
            key = (declared.event.recipient, declared.event.country)
            found[key] = min(found.get(key, declared.accepted), declared.accepted)
    return found


def _accepted_at(
    assembly: Assembly,
    declared: dict[tuple[str, str], Moment],
    payment: Payment,
    first: Joined | None,
) -> Moment | None:
    """When the declaration was accepted under which it left: that of its transmission's
    authorization, or, where it has none, the first for its recipient."""
    sent = assembly.evidence.transmissions.get(first.transmission or "") if first else None
    if sent is not None:
        versions = assembly.evidence.versions.get(sent.event.authorization, [])
        for version in versions:
            if version.grant.version == sent.event.authorization_version:
                found = assembly.evidence.declarations.get(version.grant.declaration)
                return found.accepted if found else None
    moments = [at for (recipient, _), at in declared.items() if recipient == payment.recipient]
    return min(moments, default=None)


def _suspension(assembly: Assembly, submitted: Submitted) -> Order | None:
    """The suspension of which the platform had been told, and that was not lifted, when it was
    asked."""
    for halt in assembly.evidence.halts:
        if halt.kind != "suspended":
            continue
        order = assembly.order_of_halt(halt)
        lifted_before = halt.lifted is not None and halt.lifted.wall_at <= submitted.sent_at
        if order.told_at is not None and order.told_at <= submitted.sent_at and not lifted_before:
            return order
    return None


def _cut_off(assembly: Assembly, submitted: Submitted) -> frozenset[str]:
    """What was out of reach when it was asked: the whole regulator, one operation of it, or the
    recipients."""
    cut: set[str] = set()
    for window in assembly.evidence.faults.values():
        began_before = window.armed.wall_at <= submitted.sent_at
        still_on = window.reverted is None or submitted.sent_at < window.reverted.wall_at
        if began_before and still_on:
            cut |= set(window.operations) or window.witnesses
    return frozenset(cut)


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


def _awkward(payment: Payment) -> bool:
    """Whether an identifier is written otherwise than plainly, or stands where no category expects
    it."""
    aside = "".join([payment.note, *payment.extra.values()])
    written_awkwardly, identifiers = _identifiers(payment.payer)
    return written_awkwardly or any(value in aside for value in identifiers)


@lru_cache(maxsize=100_000)
def _identifiers(payer: Person) -> tuple[bool, tuple[str, ...]]:
    """Whether any is written otherwise than plainly, and all of them written plainly."""
    kinds = ("resident_id", "mobile", "card")
    plainly = tuple(getattr(plain(payer), kind) for kind in kinds)
    written = tuple(unicodedata.normalize("NFC", getattr(payer, kind)) for kind in kinds)
    return written != plainly, plainly


def _leaks_by_person(assembly: Assembly) -> dict[str, list[Leak]]:
    found: dict[str, list[Leak]] = {}
    for leaks in assembly.leaks.values():
        for leak in leaks:
            found.setdefault(leak.person, []).append(leak)
    return found
