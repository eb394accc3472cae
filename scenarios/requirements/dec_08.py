"""DEC-08: sending stops when an authorization expires."""

from collections.abc import Iterator

from scenarios.judge.dossiers import AuthorizationDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_authorization, an_order
from scenarios.judge.requirement import requirement

HONEST = an_honest_authorization(ended=an_order("expired"), asked_after_end=5)
KEPT_SENDING = an_honest_authorization(
    ended=an_order("expired"), asked_after_end=5, left_late_s=(3.2,)
)


@requirement(
    id="DEC-08",
    title="Sending stops when an authorization expires",
    clause="Order 16, art. 9",
    text="The platform stops when an authorization expires, or extends it 60 working days before.",
    force="MUST",
    subject="authorization",
    at_least=1,
    remedy="Check valid_until against GET /time before every sending; extend or stop.",
    bears_on=lambda authorization: (
        authorization.ended is not None
        and authorization.ended.kind == "expired"
        and authorization.asked_after_end > 0
    ),
    acquits=[HONEST],
    convicts=[KEPT_SENDING],
)
def nothing_leaves_after_expiry(
    authorization: AuthorizationDossier,
) -> Iterator[Finding]:
    if authorization.left_late_s:
        yield Finding(
            "data left after its authorization had expired",
            authorization,
            expected="no payload after valid_until",
            seen=f"{len(authorization.left_late_s)} payloads, "
            f"the last {max(authorization.left_late_s)} s after",
            starved=authorization.left_starved,
        )
