"""DEC-09: recipients outside the declaration are never contacted."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PaymentDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import a_refused_payment, an_honest_payment
from scenarios.judge.requirement import requirement

REFUSED = a_refused_payment(recipient="broker-xx", country="XX", recipient_listed=False)
CONTACTED = an_honest_payment(recipient="broker-xx", country="XX", recipient_listed=False)


@requirement(
    id="DEC-09",
    title="Recipients outside the declaration are never contacted",
    clause="Order 11, art. 9",
    text="No data reaches a recipient that no accepted declaration names.",
    force="MUST",
    subject="payment",
    at_least=3,
    remedy=(
        "Refuse a payment whose recipient stands in no authorization; never fall back to another "
        "address."
    ),
    bears_on=lambda payment: not payment.domestic and not payment.recipient_listed,
    acquits=[REFUSED],
    convicts=[CONTACTED],
)
def unlisted_recipients_receive_nothing(payment: PaymentDossier) -> Iterator[Finding]:
    if payment.payloads:
        yield Finding(
            "a recipient was contacted that no declaration names",
            payment,
            expected=f"nothing reaches {payment.recipient}",
            seen=f"{len(payment.payloads)} payloads, the first at {payment.payloads[0].at}",
        )
