"""DES-06: authentication data never leaves."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PayloadDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import a_leak, an_honest_payload
from scenarios.judge.requirement import requirement

HONEST = an_honest_payload()
PASSWORD = an_honest_payload(leaks=(a_leak(kind="password", category="X01", form="plain"),))

_AUTHENTICATION = ("password", "biometric")


@requirement(
    id="DES-06",
    title="Authentication data never leaves in any form",
    clause="JR/T 0171-2020, class C3",
    text="Passwords, biometrics and card verification data never leave, in any form.",
    force="MUST",
    subject="payload",
    at_least=20,
    remedy="Do not keep authentication data beside payment data, and never pass unknown fields on.",
    bears_on=lambda payload: bool(payload.payments or payload.leaks),
    acquits=[HONEST],
    convicts=[PASSWORD],
)
def authentication_data_stays(payload: PayloadDossier) -> Iterator[Finding]:
    for leak in payload.leaks:
        if leak.kind in _AUTHENTICATION:
            yield Finding(
                "authentication data left",
                payload,
                expected="no password, biometric or verification data in any form",
                seen=f"{leak.kind} as {leak.form} in the {leak.where}",
                facts={"person": leak.person},
            )
