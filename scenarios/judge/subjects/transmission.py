"""What the regulator was told of one sending, beside what really arrived."""

from collections.abc import Iterator

from scenarios.judge.assembly import Assembly, doubt_of
from scenarios.judge.dossiers import FeedFacts, TransmissionDossier
from scenarios.judge.evidence import Sent


def build(assembly: Assembly) -> Iterator[TransmissionDossier]:
    """One dossier for each transmission that was announced and not refused."""
    for id, sent in assembly.evidence.transmissions.items():
        yield _dossier(assembly, id, sent)


def _dossier(assembly: Assembly, id: str, sent: Sent) -> TransmissionDossier:
    joins = assembly.sent_under.get(id, [])
    closing = sent.closing
    return TransmissionDossier(
        subject=f"transmission {id}",
        story=sent.story,
        entries=(sent.announced.sequence, *(joined.at.sequence for joined in joins)),
        blind=assembly.blind(sent.announced, sent.story),
        doubt=doubt_of(joins),
        id=id,
        authorization=sent.event.authorization,
        recipient=sent.event.recipient,
        country=sent.event.country,
        announced_at=sent.announced,
        accepted_at=sent.accepted,
        waited=sent.accepted is None or sent.announced < sent.accepted,
        payloads=tuple(assembly.facts_of(joined, exact=False) for joined in joins),
        records_arrived=sum(max(1, len(joined.payments)) for joined in joins),
        bytes_arrived=sum(joined.arrival.body.size_bytes for joined in joins),
        feed=tuple(
            FeedFacts(
                at=at,
                type=event.type,
                sequence=event.sequence,
                records=event.records,
                size_bytes=event.bytes,
                payload=event.payload,
            )
            for at, event in sent.feed
        ),
        closed_at=sent.closed,
        closed_outcome=closing.outcome if closing else None,
        closed_records=closing.records if closing else None,
        closed_bytes=closing.bytes if closing else None,
        closed_payloads=closing.payloads if closing else (),
        watched=assembly.evidence.watched(sent.announced, sent.story),
    )
