"""SUS-01: a suspension stops export and nothing else."""

from collections.abc import Iterator

from scenarios.judge.dossiers import CaseDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_case
from scenarios.judge.requirement import requirement

HONEST = an_honest_case()
WENT_ON = an_honest_case(left_late_s=(7.0,))
DOMESTIC_TOO = an_honest_case(domestic_failed=("pay-000007",))
NEVER_RESUMED = an_honest_case(held_after_lift=("pay-000009",))


@requirement(
    id="SUS-01",
    title="A suspension stops export in its scope and nothing else",
    clause="PIPL, art. 66; PBOC [2018] 7, sec. II",
    text="While suspended nothing leaves; domestic payment goes on; after the lift export goes on.",
    force="MUST",
    subject="case",
    at_least=1,
    remedy=(
        "Keep domestic payment apart from export; take notices in the order of their sequence, "
        "once each."
    ),
    bears_on=lambda case: case.suspended is not None and case.domestic_asked > 0,
    acquits=[HONEST],
    convicts=[WENT_ON, DOMESTIC_TOO, NEVER_RESUMED],
)
def suspension_holds_its_scope(case: CaseDossier) -> Iterator[Finding]:
    if case.left_late_s and case.suspended is not None:
        yield Finding(
            "data left during a suspension",
            case,
            expected=f"nothing later than {case.suspended.limit_s} s after being told",
            seen=f"{len(case.left_late_s)} payloads, the last {max(case.left_late_s)} s after",
            starved=case.left_starved,
        )
    if case.domestic_failed:
        yield Finding(
            "domestic payment did not go on during a suspension",
            case,
            expected=f"{case.domestic_asked} domestic payments settled",
            seen=f"{len(case.domestic_failed)} not settled",
            may_come=not case.domestic_refused,
            facts={"first": case.domestic_failed[0]},
        )
    if case.held_after_lift:
        yield Finding(
            "export did not go on after the lift",
            case,
            expected=f"{case.asked_after_lift} lawful payments leave",
            seen=f"{len(case.held_after_lift)} never left",
            absent_from="recipient",
            facts={"first": case.held_after_lift[0]},
        )
