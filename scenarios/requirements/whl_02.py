"""WHL-02: an authorization binds recipient and country together."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PaymentDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import a_refused_payment, an_honest_payment
from scenarios.judge.requirement import requirement

REFUSED = a_refused_payment(country="XX", country_listed=False)
SENT_ABROAD = an_honest_payment(country="XX", country_listed=False)


@requirement(
    id="WHL-02",
    title="An authorization binds fields, recipient and country together",
    clause="Order 11, art. 9(1)",
    text=(
        "Data leaves only for the recipient and the country that one authorization names together."
    ),
    force="MUST",
    subject="payment",
    at_least=3,
    remedy=(
        "Look an authorization up by recipient and country together, and refuse the payment when "
        "there is none."
    ),
    bears_on=lambda payment: (
        not payment.domestic and payment.recipient_listed and not payment.country_listed
    ),
    acquits=[REFUSED],
    convicts=[SENT_ABROAD],
)
def country_is_bound(payment: PaymentDossier) -> Iterator[Finding]:
    if payment.payloads:
        yield Finding(
            "data left for a country outside the authorization",
            payment,
            expected=f"nothing leaves for {payment.recipient} in {payment.country}",
            seen=f"a payload at {payment.payloads[0].at}",
            rests_on_join=True,
        )
