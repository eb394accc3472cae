"""WHL-05: encoded and nested identifiers are caught."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PaymentDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import a_leak, an_honest_payment
from scenarios.judge.requirement import requirement

HONEST = an_honest_payment(awkward=True)
NESTED = an_honest_payment(awkward=True, leaks=(a_leak(kind="mobile", path=("base64",)),))


@requirement(
    id="WHL-05",
    title="Nested, renamed and encoded fields are caught",
    clause="PIPL, art. 51(3); order of the simulated regulator: default deny",
    text=(
        "An identifier does not leave inside an encoding: base64, hexadecimal, compression, text "
        "in text."
    ),
    force="MUST",
    subject="payment",
    at_least=3,
    remedy="Do not pass free text or opaque fields on; what cannot be read cannot be declared.",
    bears_on=lambda payment: payment.awkward,
    acquits=[HONEST],
    convicts=[NESTED],
)
def encodings_hide_nothing(payment: PaymentDossier) -> Iterator[Finding]:
    for leak in payment.leaks:
        if leak.path and leak.form in ("plain", "plain_reversed"):
            yield Finding(
                "an identifier left inside an encoding",
                payment,
                expected="no identifier, however encoded",
                seen=f"{leak.kind} under {' in '.join(reversed(leak.path))} in the {leak.where}",
            )
            return
