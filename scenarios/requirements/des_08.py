"""DES-08: identifiers are desensitised however they are written."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PaymentDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import a_leak, an_honest_payment
from scenarios.judge.requirement import requirement

HONEST = an_honest_payment(awkward=True)
MISSED = an_honest_payment(awkward=True, leaks=(a_leak(kind="mobile", form="plain"),))


@requirement(
    id="DES-08",
    title="Identifiers are desensitised however they are written",
    clause="GB 11643",
    text="Desensitisation is right for +86, spaces, full width, lower-case x and free text.",
    force="MUST",
    subject="payment",
    at_least=5,
    remedy=(
        "Normalise before you mask: full width, spacing, country prefix, case. Mask what remains "
        "by position."
    ),
    bears_on=lambda payment: payment.awkward,
    acquits=[HONEST],
    convicts=[MISSED],
)
def awkward_writing_hides_nothing(payment: PaymentDossier) -> Iterator[Finding]:
    for leak in payment.leaks:
        if leak.kind in ("resident_id", "mobile", "card"):
            yield Finding(
                "an identifier that was written awkwardly left",
                payment,
                expected=f"at most the last four characters of the {leak.kind}",
                seen=f"{leak.form} in the {leak.where}",
            )
            return
