"""DES-04: different recipients receive unlinkable tokens."""

from collections.abc import Iterator

from scenarios.judge.dossiers import PersonDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_person
from scenarios.judge.requirement import requirement

HONEST = an_honest_person()
LINKABLE = an_honest_person(shared_tokens=("************91fe",))


@requirement(
    id="DES-04",
    title="Different recipients receive unlinkable tokens",
    clause="Simulated regulator's catalogue, M01 (a key for each recipient); GB/T 42460",
    text="Two recipients cannot join what they hold about one person.",
    force="MUST",
    subject="person",
    at_least=3,
    remedy="Derive the token key for each recipient.",
    bears_on=lambda person: len(person.recipients) > 1 and person.told_apart,
    acquits=[HONEST],
    convicts=[LINKABLE],
)
def recipients_cannot_join(person: PersonDossier) -> Iterator[Finding]:
    if person.shared_tokens:
        yield Finding(
            "two recipients received the same token for one person",
            person,
            expected="tokens that differ from recipient to recipient",
            seen=", ".join(person.shared_tokens),
            may_come=True,  # What shows that others have the token too.
            facts={"recipients": ", ".join(sorted(person.recipients))},
        )
