"""DES-03: no key to the tokens is exported."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PayloadDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_payload
from scenarios.judge.requirement import requirement

HONEST = an_honest_payload()
KEY_BESIDE_TOKEN = an_honest_payload(exported_keys=("************abcd",))


@requirement(
    id="DES-03",
    title="No key, salt or mapping leaves with the tokens",
    clause="PIPL, art. 73(4)",
    text="What leaves does not let anyone compute a token anew from the identifier.",
    force="MUST",
    subject="payload",
    at_least=20,
    remedy=(
        "Keep keys and salts at home; a token that its payload explains is no de-identification."
    ),
    bears_on=lambda payload: bool(payload.payments),
    acquits=[HONEST],
    convicts=[KEY_BESIDE_TOKEN],
)
def keys_stay_at_home(payload: PayloadDossier) -> Iterator[Finding]:
    if payload.exported_keys:
        yield Finding(
            "a payload carries the key to its own tokens",
            payload,
            expected="no value that recomputes a token",
            seen=", ".join(payload.exported_keys),
        )
