"""DES-09: what should survive does survive unchanged."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PaymentDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_payment, some_payload_facts
from scenarios.judge.requirement import requirement

HONEST = an_honest_payment()
ROUNDED = an_honest_payment(payloads=(some_payload_facts(exact_amount=False),))


@requirement(
    id="DES-09",
    title="Fields that should survive do survive unchanged",
    clause="Order of the simulated regulator: uninterrupted business",
    text="The settlement recipient receives the exact amount where the authorization covers it.",
    force="MUST",
    subject="payment",
    at_least=20,
    remedy=(
        "Desensitise by category: the amount (M02) goes to a declared settlement recipient as it "
        "was asked for."
    ),
    bears_on=lambda payment: (
        payment.final == "settled" and bool(payment.payloads) and payment.amount_authorized
    ),
    acquits=[HONEST],
    convicts=[ROUNDED],
)
def amounts_survive(payment: PaymentDossier) -> Iterator[Finding]:
    if not any(payload.exact_amount for payload in payment.payloads):
        yield Finding(
            "an authorized amount did not arrive as it was asked for",
            payment,
            expected="the exact amount in the payload",
            seen="another amount, or none",
            rests_on_join=True,
        )
