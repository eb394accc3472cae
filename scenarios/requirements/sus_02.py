"""SUS-02: nothing held back leaves before the lift."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PaymentDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_payment, an_order, moment
from scenarios.judge.requirement import requirement

RELEASED = an_honest_payment(asked_while=an_order("suspended", lifted=40), left_at=moment(41))
FLUSHED = an_honest_payment(
    asked_while=an_order("suspended", lifted=40),
    left_at=moment(30),
    left_under_order_s=9.0,
)


@requirement(
    id="SUS-02",
    title="No backlog leaves before the lift",
    clause="Order of the simulated regulator",
    text="Payments taken while suspended leave only after the suspension was lifted.",
    force="MUST",
    subject="payment",
    at_least=3,
    remedy="Hold what was taken in an outbox that asks for the lift before each sending.",
    bears_on=lambda payment: (
        payment.asked_while is not None
        and not payment.domestic
        and payment.outcome == "accepted"
        and payment.left_at is not None
    ),
    acquits=[RELEASED],
    convicts=[FLUSHED],
)
def the_backlog_waits(payment: PaymentDossier) -> Iterator[Finding]:
    if payment.left_under_order_s is not None:
        yield Finding(
            "a payment held back left before the lift",
            payment,
            expected="released after the lift",
            seen=f"left {payment.left_under_order_s} s after the suspension was told",
            starved=payment.left_starved,
        )
