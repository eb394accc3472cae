"""DEC-01: the regulator accepts a declaration before the data it covers leaves."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PaymentDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_payment, moment
from scenarios.judge.requirement import requirement

HONEST = an_honest_payment()
LATE = an_honest_payment(accepted_at=moment(15))
SILENT = an_honest_payment(accepted_at=None)


@requirement(
    id="DEC-01",
    title="A declaration is accepted before the data it covers leaves",
    clause="Order 11, art. 3-4",
    text="A declaration is accepted before the first byte of a mandatory category leaves.",
    force="MUST",
    subject="payment",
    at_least=20,  # Payments that must have left before silence counts as a pass.
    remedy=(
        "Declare the recipient and wait until GET /declarations/{id} says accepted; send nothing "
        "before."
    ),
    bears_on=lambda payment: payment.left_at is not None,
    acquits=[HONEST],
    convicts=[LATE, SILENT],
)
def accepted_before_it_left(payment: PaymentDossier) -> Iterator[Finding]:
    if payment.accepted_at is None:
        yield Finding(
            "data left without an accepted declaration",
            payment,
            expected="a declaration for the recipient, accepted before the data left",
            seen="no accepted declaration",
            facts={"left_at": str(payment.left_at), "recipient": payment.recipient},
        )
    elif payment.left_at is not None and payment.left_at <= payment.accepted_at:
        yield Finding(
            "data left before its declaration was accepted",
            payment,
            expected=f"accepted before {payment.left_at}",
            seen=f"accepted at {payment.accepted_at}",
        )
