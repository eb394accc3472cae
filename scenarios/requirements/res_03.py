"""RES-03: received is not taken for accepted."""

from collections.abc import Iterator

from scenarios.judge.dossiers import TransmissionDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_transmission, moment, some_payload_facts
from scenarios.judge.requirement import requirement

PATIENT = an_honest_transmission(
    waited=True, accepted_at=moment(13), payloads=(some_payload_facts(at=moment(14)),)
)
HASTY = an_honest_transmission(
    waited=True, accepted_at=moment(20), payloads=(some_payload_facts(at=moment(14)),)
)
NEVER_ACCEPTED = an_honest_transmission(
    waited=True, accepted_at=None, payloads=(some_payload_facts(at=moment(14)),)
)


@requirement(
    id="RES-03",
    title="Received is not taken for accepted",
    clause="Customs announcement 2018-179: receipt is not acceptance",
    text="A transmission that is only received permits nothing until it is accepted.",
    force="MUST",
    subject="transmission",
    at_least=3,
    remedy=(
        "Send only when status is accepted; poll GET /transmissions/{id} or wait for "
        "transmission.decided."
    ),
    bears_on=lambda transmission: transmission.waited,
    acquits=[PATIENT],
    convicts=[HASTY, NEVER_ACCEPTED],
)
def acceptance_is_awaited(transmission: TransmissionDossier) -> Iterator[Finding]:
    accepted = transmission.accepted_at
    for payload in transmission.payloads:
        if accepted is None or payload.at < accepted:
            yield Finding(
                "data left under a transmission that was only received",
                transmission,
                expected=f"after {accepted or 'an acceptance'}",
                seen=f"left at {payload.at}",
                rests_on_join=True,
            )
