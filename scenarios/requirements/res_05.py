"""RES-05: domestic payment goes on when abroad is out of reach."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PaymentDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import a_domestic_payment
from scenarios.judge.requirement import requirement

SETTLED = a_domestic_payment(asked_under=frozenset({"recipient"}))
HUNG = a_domestic_payment(asked_under=frozenset({"recipient"}), outcome="failed", final="unknown")
PENDING = a_domestic_payment(asked_under=frozenset({"regulator"}), final="pending")


@requirement(
    id="RES-05",
    title="Domestic payment goes on when abroad is out of reach",
    clause="PBOC [2018] 7, sec. II",
    text="Domestic payments complete while the regulator or the recipient cannot be reached.",
    force="MUST",
    subject="payment",
    at_least=3,
    remedy="Settle domestic payments without asking anyone abroad, on a path of their own.",
    bears_on=lambda payment: (
        payment.domestic and bool(payment.asked_under & {"regulator", "recipient"})
    ),
    acquits=[SETTLED],
    convicts=[HUNG, PENDING],
)
def domestic_payment_goes_on(payment: PaymentDossier) -> Iterator[Finding]:
    if payment.outcome != "accepted" or payment.final not in ("settled", "unknown"):
        yield Finding(
            "a domestic payment did not go on",
            payment,
            expected="accepted and settled",
            seen=f"{payment.outcome}, then {payment.final}",
            may_come=payment.outcome == "accepted" and payment.final == "pending",
        )
