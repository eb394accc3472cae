"""SEC-02: every request is signed."""

from collections.abc import Iterator

from scenarios.judge.dossiers import RequestDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_request
from scenarios.judge.requirement import requirement

HONEST = an_honest_request()
UNSIGNED = an_honest_request(signed=False, refusal="signature_missing")
ALTERED = an_honest_request(signed=False, refusal="signature_invalid")

_REFUSALS = (
    "signature_missing",
    "signature_malformed",
    "signature_invalid",
    "signature_stale",
    "components_missing",
    "digest_mismatch",
    "key_unknown",
)


@requirement(
    id="SEC-02",
    title="Every request is signed over the published components",
    clause="Customs announcement 2018-179; RFC 9421",
    text="Every request after registration carries a signature that holds.",
    force="MUST",
    subject="request",
    at_least=20,
    remedy=(
        "Sign @method, @path, @query, content-digest and idempotency-key with the registered key,"
        " freshly each time."
    ),
    bears_on=lambda request: True,
    acquits=[HONEST],
    convicts=[UNSIGNED, ALTERED],
)
def every_request_is_signed(request: RequestDossier) -> Iterator[Finding]:
    if not request.signed and request.refusal in _REFUSALS:
        yield Finding(
            "a request came without a signature that holds",
            request,
            expected="a valid signature by the registered key",
            seen=str(request.refusal),
            facts={"operation": request.operation},
        )
