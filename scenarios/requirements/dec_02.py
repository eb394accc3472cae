"""DEC-02: every mandatory category that leaves is covered by the authorization in force."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PayloadDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_payload
from scenarios.judge.requirement import requirement

HONEST = an_honest_payload()
UNCOVERED = an_honest_payload(authorized_categories=frozenset({"E04", "M01"}))
UNAUTHORIZED = an_honest_payload(authorized_categories=None)


@requirement(
    id="DEC-02",
    title="Every mandatory category that leaves is declared",
    clause=(
        "Network Data Regulations, art. 37; order of the simulated regulator (12 + 3 categories)"
    ),
    text=(
        "Every field of a mandatory category in what leaves is covered by an accepted declaration."
    ),
    force="MUST",
    subject="payload",
    at_least=20,
    remedy=(
        "Read the categories of the current authorization before each sending and drop what it "
        "does not name; refuse the payment where the field cannot be dropped."
    ),
    bears_on=lambda payload: bool(payload.categories_seen),
    acquits=[HONEST],
    convicts=[UNCOVERED, UNAUTHORIZED],
)
def every_category_is_covered(payload: PayloadDossier) -> Iterator[Finding]:
    allowed = payload.authorized_categories or frozenset()
    uncovered = sorted(payload.categories_seen - allowed)
    if uncovered:
        yield Finding(
            "a mandatory category left that no authorization covers",
            payload,
            expected=f"only {', '.join(sorted(allowed)) or 'nothing'} to {payload.recipient}",
            seen=", ".join(uncovered),
        )
