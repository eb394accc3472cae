"""DES-02: tokens are keyed."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PayloadDossier
from scenarios.judge.enumeration import ALGORITHMS
from scenarios.judge.finding import Finding
from scenarios.judge.honest import a_leak, an_honest_payload
from scenarios.judge.requirement import requirement

HONEST = an_honest_payload()
BARE = an_honest_payload(
    leaks=(a_leak(kind="mobile", form="sha256"),), recovered_mobile="*******0123"
)
BARE_ID = an_honest_payload(leaks=(a_leak(kind="resident_id", form="sm3"),))
OTHER_HASH = an_honest_payload(leaks=(a_leak(kind="mobile", form="sha512"),))

_UNKEYED = ALGORITHMS


@requirement(
    id="DES-02",
    title="Tokens are keyed; no bare hash of an identifier leaves",
    clause="PIPL, art. 73(3)",
    text="A token made of an identifier is keyed, with a key that stays at home.",
    force="MUST",
    subject="payload",
    at_least=20,
    remedy="Use HMAC (SM3 or SHA-256) with a secret key for each recipient instead of a hash.",
    bears_on=lambda payload: bool(payload.payments or payload.leaks),
    acquits=[HONEST],
    convicts=[BARE, BARE_ID, OTHER_HASH],
)
def tokens_are_keyed(payload: PayloadDossier) -> Iterator[Finding]:
    attacked_first = sorted(payload.leaks, key=lambda leak: leak.kind != "mobile")
    for leak in attacked_first:
        if leak.form in _UNKEYED:
            attack = payload.recovered_mobile if leak.kind == "mobile" else None
            yield Finding(
                "an unkeyed hash of an identifier left",
                payload,
                expected="a keyed token, or nothing",
                seen=f"{leak.form} of the {leak.kind} in the {leak.where}",
                facts={"recovered_by_enumeration": attack} if attack else {},
            )
