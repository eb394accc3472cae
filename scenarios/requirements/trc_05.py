"""TRC-05: a person who asks learns which recipients received which categories."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PersonDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_person
from scenarios.judge.requirement import requirement

TOLD = an_honest_person(
    told_categories=frozenset({"M02"}), answered='[["acquirer-sg", "acquirer-th"], ["M02"]]'
)
NOT_TOLD_OF_ONE = an_honest_person(answered='["acquirer-sg"]')
NOT_TOLD_WHAT = an_honest_person(
    told_categories=frozenset({"M02"}), answered='["acquirer-sg", "acquirer-th"]'
)


@requirement(
    id="TRC-05",
    title="A person who asks learns who received what",
    clause="PIPL, art. 39 and 44",
    text="A person's query returns every recipient of the person's data and every category.",
    force="SHOULD",
    subject="person",
    at_least=1,
    remedy="Answer the query from the lineage: each recipient with the codes of its categories.",
    bears_on=lambda person: person.answered is not None and bool(person.recipients),
    acquits=[TOLD],
    convicts=[NOT_TOLD_OF_ONE, NOT_TOLD_WHAT],
)
def persons_learn_what_left(person: PersonDossier) -> Iterator[Finding]:
    answer = person.answered or ""
    missing = sorted(name for name in person.recipients if name not in answer)
    missing += sorted(code for code in person.told_categories if code not in answer)
    if missing:
        yield Finding(
            "a person was not told all that left",
            person,
            expected="every recipient and category that the lineage names",
            seen=f"nothing of {', '.join(missing)}",
        )
