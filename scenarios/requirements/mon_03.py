"""MON-03: no more leaves than the quota allows."""

from collections.abc import Iterator

from scenarios.judge.dossiers import AuthorizationDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_authorization
from scenarios.judge.requirement import requirement

HONEST = an_honest_authorization(quota_records=10, payments_asked=15, records_left=10)
EXCEEDED = an_honest_authorization(quota_records=10, payments_asked=15, records_left=15)


@requirement(
    id="MON-03",
    title="No more leaves than the quota allows",
    clause="Data Security Law, art. 29; Network Data Regulations, art. 37",
    text="When the quota of an authorization is used up, sending under it stops.",
    force="MUST",
    subject="authorization",
    at_least=1,
    remedy=(
        "Treat 409 quota_exceeded as final; declare a larger volume and wait for its acceptance."
    ),
    bears_on=lambda authorization: authorization.payments_asked > authorization.quota_records,
    acquits=[HONEST],
    convicts=[EXCEEDED],
)
def the_quota_holds(authorization: AuthorizationDossier) -> Iterator[Finding]:
    if authorization.records_left > authorization.quota_records:
        yield Finding(
            "more records left than the quota allows",
            authorization,
            expected=f"at most {authorization.quota_records} records",
            seen=f"{authorization.records_left} records",
        )
