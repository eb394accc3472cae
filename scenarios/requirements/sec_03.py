"""SEC-03: nonces are fresh and idempotency keys are honoured."""

from collections.abc import Iterator

from scenarios.judge.dossiers import RequestDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_request
from scenarios.judge.requirement import requirement

HONEST = an_honest_request()
REPLAYED = an_honest_request(refusal="nonce_replayed")
CONFLICT = an_honest_request(refusal="idempotency_conflict")


@requirement(
    id="SEC-03",
    title="Nonces are fresh and idempotency keys name one request",
    clause="RFC 9421, sec. 7.2.2; order of the simulated regulator",
    text="No nonce is used twice, and an idempotency key never names two different requests.",
    force="MUST",
    subject="request",
    at_least=20,
    remedy=(
        "Draw a new nonce for every signature, retries included; derive the idempotency key from "
        "what is created."
    ),
    bears_on=lambda request: request.signed or request.refusal == "nonce_replayed",
    acquits=[HONEST],
    convicts=[REPLAYED, CONFLICT],
)
def nonces_are_fresh(request: RequestDossier) -> Iterator[Finding]:
    if request.refusal in ("nonce_replayed", "idempotency_conflict"):
        yield Finding(
            "a nonce or an idempotency key was used twice",
            request,
            expected="a fresh nonce, and one key for one request",
            seen=str(request.refusal),
            facts={"operation": request.operation},
        )
