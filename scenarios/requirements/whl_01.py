"""WHL-01: fields that no category knows never leave."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PaymentDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import a_leak, an_honest_payment
from scenarios.judge.requirement import requirement

HONEST = an_honest_payment(unlisted_fields=2)
PASSED_ON = an_honest_payment(
    unlisted_fields=2, leaks=(a_leak(kind="unlisted_field", form="plain"),)
)


@requirement(
    id="WHL-01",
    title="Fields outside the whitelist never leave",
    clause="Order of the simulated regulator: default deny",
    text="A field that the authorization does not list is dropped, or its payment is blocked.",
    force="MUST",
    subject="payment",
    at_least=3,
    remedy=(
        "Build what leaves from the authorization's list of fields; never copy the merchant's "
        "message."
    ),
    bears_on=lambda payment: payment.unlisted_fields > 0,
    acquits=[HONEST],
    convicts=[PASSED_ON],
)
def unlisted_fields_are_dropped(payment: PaymentDossier) -> Iterator[Finding]:
    for leak in payment.leaks:
        if leak.kind == "unlisted_field":
            yield Finding(
                "a field left that no authorization lists",
                payment,
                expected="the field dropped or the payment blocked",
                seen=f"its value in the {leak.where}, {leak.form}",
            )
            return
