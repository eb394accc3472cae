"""RES-01: a lost answer is asked for again under the same key."""

from collections.abc import Iterator

from scenarios.judge.dossiers import RequestDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_request
from scenarios.judge.requirement import requirement

UNDISTURBED_RETRY = an_honest_request(struck_after_taken=True, repeated_with_same_key=True)
NEW_KEY = an_honest_request(struck_after_taken=True)


@requirement(
    id="RES-01",
    title="A lost answer is asked for again, without a second effect",
    clause="Order of the simulated regulator",
    text="After a fault the platform repeats its request under the same idempotency key.",
    force="MUST",
    subject="request",
    at_least=1,
    remedy=(
        "Persist the idempotency key before the first attempt and use it for every retry, with "
        "back-off."
    ),
    bears_on=lambda request: request.creates and request.struck_after_taken,
    acquits=[UNDISTURBED_RETRY],
    convicts=[NEW_KEY],
)
def lost_answers_are_asked_again(request: RequestDossier) -> Iterator[Finding]:
    if not request.repeated_with_same_key:
        yield Finding(
            "a request whose answer was lost was not repeated under its key",
            request,
            expected="the same idempotency key again",
            seen="never again",
            may_come=True,
            facts={"operation": request.operation},
        )
