"""RES-04: a restart loses no payment."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PaymentDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_payment
from scenarios.judge.requirement import requirement

KEPT = an_honest_payment(asked_before_restart=True)
LOST = an_honest_payment(asked_before_restart=True, final="unknown", payloads=(), left_at=None)
STUCK = an_honest_payment(asked_before_restart=True, final="pending", payloads=(), left_at=None)


@requirement(
    id="RES-04",
    title="A restart loses no payment",
    clause="Order of the simulated regulator",
    text="What the platform had accepted before a restart is settled or refused after it.",
    force="SHOULD",
    subject="payment",
    at_least=3,
    remedy="Write the payment down before answering the merchant, and resume from what is written.",
    bears_on=lambda payment: payment.asked_before_restart and payment.outcome == "accepted",
    acquits=[KEPT],
    convicts=[LOST, STUCK],
)
def restarts_lose_nothing(payment: PaymentDossier) -> Iterator[Finding]:
    if payment.final not in ("settled", "refused"):
        yield Finding(
            "an accepted payment was lost over a restart",
            payment,
            expected="settled or refused",
            seen=payment.final,
            absent_from="regulator",
        )
