"""MON-02: reported counts and digests equal what left."""

from collections.abc import Iterator
from dataclasses import replace

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
BYTES_IN_FEED_DIFFER = an_honest_transmission(
    feed=(a_feed_event("transmission.progressed", sequence=1, size_bytes=3, payload="ab" * 32),)
)
END_DIFFERS = an_honest_transmission(
    feed=(a_feed_event("transmission.ended", sequence=1, records=0),)
)
NEVER_CLOSED = replace(END_DIFFERS, closed_at=None)


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
    bears_on=lambda transmission: (
        transmission.closed_at is not None or _told_of_its_end(transmission)
    ),
    acquits=[HONEST],
    convicts=[
        UNDERREPORTED,
        OTHER_DIGEST,
        OTHER_BYTES,
        FEED_DIFFERS,
        BYTES_IN_FEED_DIFFER,
        END_DIFFERS,
        NEVER_CLOSED,
    ],
)
def reports_equal_arrivals(transmission: TransmissionDossier) -> Iterator[Finding]:
    arrived = sorted({payload.digest for payload in transmission.payloads})
    progressed = [e for e in transmission.feed if e.type == "transmission.progressed"]
    ended = [e for e in transmission.feed if e.type == "transmission.ended"]
    figures: list[tuple[str, str, object, object]] = []
    if transmission.closed_at is not None:
        counts = (transmission.closed_records, transmission.records_arrived)
        sizes = (transmission.closed_bytes, transmission.bytes_arrived)
        figures += [
            ("closed with", "records in the closing", *counts),
            ("closed with", "bytes in the closing", *sizes),
            (
                "closed with",
                "digests in the closing",
                sorted(set(transmission.closed_payloads)),
                arrived,
            ),
        ]
    for verb, name, fed in (
        ("fed with", "feed", list({event.payload: event for event in progressed}.values())),
        ("ended in the feed with", "end of the feed", ended[-1:]),
    ):
        if fed:
            told = sum(event.records for event in fed)
            size = sum(event.size_bytes for event in fed)
            figures += [
                (verb, f"records in the {name}", told, transmission.records_arrived),
                (verb, f"bytes in the {name}", size, transmission.bytes_arrived),
            ]
    for verb, name, told_figure, figure in figures:
        if told_figure != figure:
            yield Finding(
                f"{verb} {_difference(told_figure, figure)} what arrived",
                transmission,
                expected=f"{name}: {_shown(figure)}",
                seen=f"{name}: {_shown(told_figure)}",
                may_come=_may_grow(name, told_figure, figure),
                rests_on_join=True,
            )


def _difference(told: object, arrived: object) -> str:
    """How the figure that was told differs, in one of three fixed phrases."""
    if not (isinstance(told, int) and isinstance(arrived, int)):
        return "digests other than those of"
    return "counts below" if told < arrived else "counts above"


def _may_grow(name: str, told: object, arrived: object) -> bool:
    """Whether more records may still turn out to have arrived: the merchants tell of what they
    asked for at their leisure."""
    if not (isinstance(told, int) and isinstance(arrived, int)):
        return False
    return name.startswith("records") and told > arrived


def _told_of_its_end(transmission: TransmissionDossier) -> bool:
    """Whether the feed says that nothing more will come, so that its figures are final."""
    return any(event.type == "transmission.ended" for event in transmission.feed)


def _shown(figure: object) -> str:
    """A figure, with digests cut to what a reader can compare."""
    if isinstance(figure, list):
        return ", ".join(str(digest)[:16] + "…" for digest in figure) or "none"
    return str(figure)
