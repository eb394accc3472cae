"""WHL-03: only the current version of an authorization is used."""

from collections.abc import Iterator

from scenarios.judge.dossiers import AuthorizationDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_authorization
from scenarios.judge.requirement import requirement

HONEST = an_honest_authorization(version=2)
STALE = an_honest_authorization(version=2, stale_late_s=(7.5, 9.0))


@requirement(
    id="WHL-03",
    title="Only the current version of an authorization is used",
    clause=(
        "Order of the simulated regulator (compare customs announcement 2018-179: changes need "
        "re-approval)"
    ),
    text="Once told of a new version, the platform announces under that version only.",
    force="MUST",
    subject="authorization",
    at_least=1,
    remedy=(
        "On authorization.granted, and on 409 authorization_stale, read the authorization again "
        "and use its version."
    ),
    bears_on=lambda authorization: (
        authorization.version > 1
        and (authorization.announcements > 0 or bool(authorization.stale_late_s))
    ),
    acquits=[HONEST],
    convicts=[STALE],
)
def stale_versions_are_not_used(
    authorization: AuthorizationDossier,
) -> Iterator[Finding]:
    if authorization.stale_late_s:
        yield Finding(
            "an older version was announced after a new one had been told",
            authorization,
            expected=f"only version {authorization.version}",
            seen=f"{len(authorization.stale_late_s)} announcements, "
            f"the last {max(authorization.stale_late_s)} s after",
            starved=authorization.stale_starved,
        )
