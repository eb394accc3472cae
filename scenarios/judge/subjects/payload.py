"""What arrived at a recipient, and under whose permission."""

from collections.abc import Callable, Iterator
from functools import partial

from scenarios.judge.assembly import Assembly, doubt_of
from scenarios.judge.dossiers import LineageFacts, Moment, PayloadDossier
from scenarios.judge.enumeration import ALGORITHMS, digest_of, recover_mobile
from scenarios.judge.evidence import Sent
from scenarios.judge.joining import Joined
from scenarios.judge.key_recovery import KeySearch
from scenarios.judge.leaks import Leak
from scenarios.judge.masking import mask_value
from scenarios.traffic import Person, plain


def parts(assembly: Assembly) -> list[Callable[[], Iterator[PayloadDossier]]]:
    """One dossier for each arrival, retransmissions included; what only began to arrive and came
    whole later is not judged twice, unless it leaks. The keys in them are tried beforehand."""
    keys = KeySearch(
        (joined.values for joined in assembly.joined),
        ((joined.values, _payers(assembly, joined)) for joined in _judged(assembly)),
    )
    return [partial(_build, assembly, keys)]


def _build(assembly: Assembly, keys: KeySearch) -> Iterator[PayloadDossier]:
    lineage = _lineage_by_digest(assembly)
    attacked = False
    for joined in _judged(assembly):
        leaks = assembly.leaks.get(joined.at.sequence, ())
        recovered = None
        if not attacked:
            recovered = _attack(assembly, leaks)
            attacked = recovered is not None
        yield _dossier(
            assembly,
            joined,
            leaks=leaks,
            lineage=_of_this_sending(assembly, joined, lineage.get(joined.arrival.body.sha256, ())),
            recovered_mobile=recovered,
            keys=keys,
        )


def _judged(assembly: Assembly) -> Iterator[Joined]:
    """The arrivals that have a dossier."""
    for joined in assembly.joined:
        if not joined.began_only or joined.at.sequence in assembly.leaks:
            yield joined


def _payers(assembly: Assembly, joined: Joined) -> Iterator[Person]:
    """Whose payments it carries."""
    return (assembly.payments[payment].payer for payment in joined.payments)


def _dossier(
    assembly: Assembly,
    joined: Joined,
    *,
    leaks: tuple[Leak, ...],
    lineage: tuple[LineageFacts, ...],
    recovered_mobile: str | None,
    keys: KeySearch,
) -> PayloadDossier:
    at, arrival = joined.at, joined.arrival
    digest = arrival.body.sha256
    sent = assembly.evidence.transmissions.get(joined.transmission or "")
    progress = [seen for seen, event in sent.feed if event.payload == digest] if sent else []
    asked = [assembly.asked[payment] for payment in joined.payments]
    return PayloadDossier(
        subject=f"payload at entry {at.sequence}",
        story=joined.seen.story,
        entries=(at.sequence,),
        blind=assembly.blind(at, joined.seen.story),
        watched=assembly.evidence.watched(at, joined.seen.story),
        doubt=doubt_of([joined]),
        at=at,
        recipient=arrival.recipient,
        digest=digest,
        size_bytes=arrival.body.size_bytes,
        grade=joined.grade,
        transmission=joined.transmission,
        transmission_accepted_at=sent.accepted if sent else None,
        transmission_closed_at=sent.closed if sent and arrival.fault is None else None,
        authorized_categories=assembly.permit_at(at, arrival.recipient),
        categories_seen=_categories_seen(joined, leaks, lineage),
        exempt=assembly.exempt(joined),
        started_at=_first(sent, "transmission.started") if sent else None,
        progressed_at=progress[0] if progress else None,
        ended_at=_first(sent, "transmission.ended") if sent else None,
        payments=joined.payments,
        sources=frozenset(record.platform_payment for record in asked if record.platform_payment),
        lineage=lineage,
        leaks=leaks,
        recovered_mobile=recovered_mobile,
        exported_keys=keys.exported_keys(joined.values, _payers(assembly, joined)),
    )


def _first(sent: Sent, type: str) -> Moment | None:
    """The first accepted feed event of that type."""
    return next((at for at, event in sent.feed if event.type == type), None)


def _categories_seen(
    joined: Joined, leaks: tuple[Leak, ...], lineage: tuple[LineageFacts, ...]
) -> frozenset[str]:
    """Mandatory categories: by planted values, and by what the platform itself told of this
    payload."""
    seen = {leak.category for leak in leaks}
    if joined.exact:
        seen.add("M02")
    for facts in lineage:
        seen |= facts.categories
    return frozenset(code for code in seen if code.startswith("M"))


def _of_this_sending(
    assembly: Assembly, joined: Joined, lineage: tuple[LineageFacts, ...]
) -> tuple[LineageFacts, ...]:
    """The lineage of these bytes, but for what tells of their sending under another transmission:
    bytes that may have arrived are accounted for there, and sent again under a new one."""
    if not any(facts.transmission == joined.transmission for facts in lineage):
        return lineage  # None is about this sending, so that each of them may be a contradiction.
    return tuple(
        facts
        for facts in lineage
        if facts.transmission == joined.transmission
        or not _was_told_under(assembly, joined, facts.transmission)
    )


def _was_told_under(assembly: Assembly, joined: Joined, transmission: str) -> bool:
    """Whether feed or closing of that transmission, to the same recipient, tell of these bytes."""
    sent = assembly.evidence.transmissions.get(transmission)
    if sent is None or sent.event.recipient != joined.arrival.recipient:
        return False
    digest = joined.arrival.body.sha256
    fed = any(event.payload == digest for _, event in sent.feed)
    return fed or (sent.closing is not None and digest in sent.closing.payloads)


def _lineage_by_digest(assembly: Assembly) -> dict[str, tuple[LineageFacts, ...]]:
    found: dict[str, list[LineageFacts]] = {}
    for payload, facts in assembly.evidence.lineage:
        found.setdefault(payload, []).append(facts)
    return {payload: tuple(facts) for payload, facts in found.items()}


def _attack(assembly: Assembly, leaks: tuple[Leak, ...]) -> str | None:
    """Recover one mobile number from its unkeyed hash and last four, as anyone abroad could; shown
    masked."""
    for leak in leaks:
        if leak.kind == "mobile" and leak.form in ALGORITHMS:
            for payment in assembly.payments.values():
                if payment.payer.id == leak.person:
                    return _enumerate(plain(payment.payer).mobile, leak.form)
    return None


def _enumerate(mobile: str, algorithm: str) -> str | None:
    recovered = recover_mobile(digest_of(mobile, algorithm), mobile[-4:], algorithm)
    return None if recovered is None else mask_value(recovered.number)
