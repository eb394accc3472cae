"""MON-01: every payload belongs to an announced transmission and its feed."""

from collections.abc import Iterator

from scenarios.judge.dossiers import Grade, PayloadDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_payload, moment
from scenarios.judge.requirement import requirement

HONEST = an_honest_payload()
UNDECLARED = an_honest_payload(grade=Grade.NONE, transmission=None, transmission_accepted_at=None)
EARLY = an_honest_payload(transmission_accepted_at=moment(15), started_at=moment(16))
SILENT = an_honest_payload(started_at=None, progressed_at=None, ended_at=None)
UNWATCHED = an_honest_payload(started_at=moment(15))
AFTERWARDS = an_honest_payload(transmission_closed_at=moment(13))


@requirement(
    id="MON-01",
    title="Every sending is announced, started, reported and ended",
    clause="Order 11, art. 3 and 17; order of the simulated regulator",
    text=(
        "Each payload leaves under an accepted transmission whose start, progress and end the "
        "regulator is told."
    ),
    force="MUST",
    subject="payload",
    at_least=20,
    remedy=(
        "Announce, wait for accepted, feed transmission.started, send, feed progressed and ended,"
        " close."
    ),
    bears_on=lambda payload: not payload.exempt,
    acquits=[HONEST],
    convicts=[UNDECLARED, EARLY, SILENT, UNWATCHED, AFTERWARDS],
)
def every_payload_is_monitored(payload: PayloadDossier) -> Iterator[Finding]:
    if payload.grade is Grade.NONE:
        yield Finding(
            "a payload arrived that no transmission covers",
            payload,
            expected=f"an accepted, open transmission to {payload.recipient}",
            seen="none",
        )
    elif payload.transmission is None:
        yield Finding(
            "a payload cannot be tied to a transmission",
            payload,
            expected="one transmission",
            seen="several that it could belong to",
            rests_on_join=True,
        )
    elif payload.transmission_accepted_at is None or payload.at < payload.transmission_accepted_at:
        yield Finding(
            "a payload arrived before its transmission was accepted",
            payload,
            expected=f"accepted before {payload.at}",
            seen=f"accepted at {payload.transmission_accepted_at or 'no time'}",
        )
    elif payload.transmission_closed_at is not None and payload.transmission_closed_at < payload.at:
        yield Finding(
            "a payload arrived after its transmission was closed",
            payload,
            expected=f"an open transmission at {payload.at}",
            seen=f"closed at {payload.transmission_closed_at}",
        )
    else:
        yield from _feed_findings(payload)


def _feed_findings(payload: PayloadDossier) -> Iterator[Finding]:
    events = {
        "transmission.started": payload.started_at,
        "transmission.progressed": payload.progressed_at,
        "transmission.ended": payload.ended_at,
    }
    missing = [name for name, at in events.items() if at is None]
    if missing:
        yield Finding(
            "the feed does not tell of a payload that arrived",
            payload,
            expected="started, progressed with this payload's digest, ended",
            seen=f"no {', no '.join(missing)}",
            absent_from="regulator",
        )
    if payload.started_at is not None and payload.at < payload.started_at:
        yield Finding(
            "a payload arrived before the feed was told that its transmission had started",
            payload,
            expected=f"transmission.started before {payload.at}",
            seen=f"transmission.started at {payload.started_at}",
        )
