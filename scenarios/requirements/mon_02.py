"""MON-02: reported counts and digests equal what left."""

from collections.abc import Iterator

from scenarios.judge.dossiers import TransmissionDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import a_feed_event, an_honest_transmission
from scenarios.judge.requirement import requirement

HONEST = an_honest_transmission()
UNDERREPORTED = an_honest_transmission(closed_records=0)
OTHER_DIGEST = an_honest_transmission(closed_payloads=("cd" * 32,))
OTHER_BYTES = an_honest_transmission(closed_bytes=1)
FEED_DIFFERS = an_honest_transmission(
    feed=(a_feed_event("transmission.progressed", sequence=1, records=3, payload="ab" * 32),)
)


@requirement(
    id="MON-02",
    title="Reported counts and digests equal what left",
    clause="Order 11, art. 11 (truthfulness)",
    text="Records, bytes and digests in feed and closing equal what arrived at the recipient.",
    force="MUST",
    subject="transmission",
    at_least=20,
    remedy=(
        "Count what you send where you send it, digest the very bytes, and close with those "
        "figures."
    ),
    bears_on=lambda transmission: transmission.closed_at is not None,
    acquits=[HONEST],
    convicts=[UNDERREPORTED, OTHER_DIGEST, OTHER_BYTES, FEED_DIFFERS],
)
def reports_equal_arrivals(transmission: TransmissionDossier) -> Iterator[Finding]:
    arrived = sorted({payload.digest for payload in transmission.payloads})
    progressed = [e for e in transmission.feed if e.type == "transmission.progressed"]
    figures: list[tuple[str, object, object]] = [
        (
            "records in the closing",
            transmission.closed_records,
            transmission.records_arrived,
        ),
        ("bytes in the closing", transmission.closed_bytes, transmission.bytes_arrived),
        ("digests in the closing", sorted(set(transmission.closed_payloads)), arrived),
    ]
    if progressed:
        fed = {event.payload: event for event in progressed}.values()
        told = sum(event.records for event in fed)
        figures.append(("records in the feed", told, transmission.records_arrived))
    for name, told_figure, figure in figures:
        if told_figure != figure:
            yield Finding(
                "what was reported is not what arrived",
                transmission,
                expected=f"{name}: {_shown(figure)}",
                seen=f"{name}: {_shown(told_figure)}",
                rests_on_join=True,
            )


def _shown(figure: object) -> str:
    """A figure, with digests cut to what a reader can compare."""
    if isinstance(figure, list):
        return ", ".join(str(digest)[:16] + "…" for digest in figure) or "none"
    return str(figure)
