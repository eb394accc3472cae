"""TRC-01: every record that left can be traced."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PayloadDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import a_lineage_entry, an_honest_payload
from scenarios.judge.requirement import requirement

HONEST = an_honest_payload()
UNTRACED = an_honest_payload(lineage=())
UNTRACED_AND_UNKNOWN = an_honest_payload(lineage=(), payments=(), sources=frozenset())
WRONG_SOURCE = an_honest_payload(lineage=(a_lineage_entry(source="P999"),))
WRONG_TRANSMISSION = an_honest_payload(lineage=(a_lineage_entry(transmission="trm-9"),))
WRONG_RECIPIENT = an_honest_payload(lineage=(a_lineage_entry(recipient="acquirer-th"),))


@requirement(
    id="TRC-01",
    title="Every record that left can be traced",
    clause="Network Data Regulations, art. 12; order of the simulated regulator",
    text=(
        "Any exported record traces to its source, rule version, transmission, recipient and time."
    ),
    force="MUST",
    subject="payload",
    at_least=20,
    remedy=(
        "POST /lineage for every record with the digest of the payload that carried it and your "
        "own payment id."
    ),
    bears_on=lambda payload: not payload.exempt,
    acquits=[HONEST],
    convicts=[UNTRACED, UNTRACED_AND_UNKNOWN, WRONG_SOURCE, WRONG_TRANSMISSION, WRONG_RECIPIENT],
)
def every_record_is_traceable(payload: PayloadDossier) -> Iterator[Finding]:
    traced = {entry.source for entry in payload.lineage}
    missing = payload.sources - traced
    if missing:
        yield Finding(
            "a record left without lineage",
            payload,
            expected=f"lineage for {len(payload.sources)} records",
            seen=f"none for {', '.join(sorted(missing)[:5])}",
            absent_from="regulator",
            rests_on_join=True,
        )
    elif not payload.lineage:
        yield Finding(
            "a payload left without lineage",
            payload,
            expected="lineage for each of its records",
            seen="none",
            absent_from="regulator",
        )
    for name, wrong in _contradictions(payload):
        yield Finding(
            "lineage contradicts what arrived",
            payload,
            expected=f"the {name} that it had",
            seen=wrong,
            may_come=name == "source",  # The merchant may not have told of its payment yet.
        )


def _contradictions(payload: PayloadDossier) -> Iterator[tuple[str, str]]:
    for entry in payload.lineage:
        if payload.sources and entry.source not in payload.sources:
            yield "source", entry.source
        if payload.transmission is not None and entry.transmission != payload.transmission:
            yield "transmission", entry.transmission
        if entry.recipient != payload.recipient:
            yield "recipient", entry.recipient
