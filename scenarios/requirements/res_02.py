"""RES-02: nothing leaves while the regulator cannot be reached."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PaymentDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import a_refused_payment, an_honest_payment
from scenarios.judge.requirement import requirement

HELD = a_refused_payment(asked_under=frozenset({"regulator"}))
RELEASED_LATER = an_honest_payment(asked_under=frozenset({"regulator"}))
LEFT_ALL_THE_SAME = an_honest_payment(asked_under=frozenset({"regulator"}), permitted=False)


@requirement(
    id="RES-02",
    title="While the regulator cannot be reached, nothing leaves",
    clause="Order of the simulated regulator: fail closed",
    text=(
        "Without an accepted transmission a payment stays, whatever keeps the regulator from "
        "answering."
    ),
    force="MUST",
    subject="payment",
    at_least=5,
    remedy="Treat no answer as no: hold the payment and try again with back-off.",
    bears_on=lambda payment: not payment.domestic and "regulator" in payment.asked_under,
    acquits=[HELD, RELEASED_LATER],
    convicts=[LEFT_ALL_THE_SAME],
)
def no_answer_means_no(payment: PaymentDossier) -> Iterator[Finding]:
    if payment.payloads and not payment.permitted:
        yield Finding(
            "data left although the regulator could not be reached",
            payment,
            expected="no payload without an accepted transmission",
            seen=f"left at {payment.left_at}",
            rests_on_join=True,
        )
