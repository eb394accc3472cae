"""DES-07: headers, paths and file names carry no identifier."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PayloadDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import a_leak, an_honest_payload
from scenarios.judge.requirement import requirement

HONEST = an_honest_payload()
HEADER = an_honest_payload(leaks=(a_leak(kind="mobile", where="header x-payer"),))
PATH = an_honest_payload(leaks=(a_leak(kind="resident_id", where="path", form="sha256"),))


@requirement(
    id="DES-07",
    title="Headers, paths and free text carry no identifier",
    clause="PIPL, art. 51(3)",
    text="No identifier leaves beside the fields: in headers, paths, queries or file names.",
    force="MUST",
    subject="payload",
    at_least=20,
    remedy="Use random references in headers and paths; never an identifier, however hashed.",
    bears_on=lambda payload: bool(payload.payments or payload.leaks),
    acquits=[HONEST],
    convicts=[HEADER, PATH],
)
def nothing_beside_the_fields(payload: PayloadDossier) -> Iterator[Finding]:
    for leak in payload.leaks:
        if leak.where != "body":
            yield Finding(
                "an identifier left beside the fields",
                payload,
                expected="no identifier outside the declared fields",
                seen=f"{leak.kind} as {leak.form} in the {leak.where}",
                facts={"person": leak.person},
            )
