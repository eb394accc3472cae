"""WHL-04: a revocation takes effect within its limit."""

from collections.abc import Iterator

from scenarios.judge.dossiers import AuthorizationDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_authorization, an_order
from scenarios.judge.requirement import requirement

HONEST = an_honest_authorization(ended=an_order("revoked"), asked_after_end=5)
KEPT_SENDING = an_honest_authorization(
    ended=an_order("revoked"), asked_after_end=5, left_late_s=(6.0, 6.4)
)


@requirement(
    id="WHL-04",
    title="A revocation takes effect within the limit",
    clause="Order 11, art. 17",
    text="After a revocation was told, no payload leaves under it beyond the revocation limit.",
    force="MUST",
    subject="authorization",
    at_least=1,
    remedy=(
        "Obey authorization.revoked before acknowledging it, and check it again just before "
        "sending."
    ),
    bears_on=lambda authorization: (
        authorization.ended is not None
        and authorization.ended.kind == "revoked"
        and authorization.asked_after_end > 0
    ),
    acquits=[HONEST],
    convicts=[KEPT_SENDING],
)
def nothing_leaves_after_revocation(
    authorization: AuthorizationDossier,
) -> Iterator[Finding]:
    if authorization.left_late_s and authorization.ended is not None:
        yield Finding(
            "data left after its authorization had been revoked",
            authorization,
            expected=f"nothing later than {authorization.ended.limit_s} s after being told",
            seen=f"{len(authorization.left_late_s)} payloads, "
            f"the last {max(authorization.left_late_s)} s after",
            starved=authorization.left_starved,
        )
