"""SUS-04: the 17 materials are complete, consistent and in time."""

from collections.abc import Iterator
from datetime import date

from scenarios.judge.dossiers import CaseDossier, MaterialFacts
from scenarios.judge.finding import Finding
from scenarios.judge.honest import a_material, an_honest_case
from scenarios.judge.requirement import requirement
from simulator.law.working_days import china_date

HONEST = an_honest_case()
SIXTEEN = an_honest_case(materials=tuple(a_material(number) for number in range(1, 17)))
OTHER_COMPANY = an_honest_case(
    materials=tuple(a_material(n, uscc="91990000MA0000000X") for n in range(1, 18))
)
POSTDATED = an_honest_case(
    materials=tuple(a_material(n, document_date=date(2030, 1, 1)) for n in range(1, 18))
)
UNSEALED = an_honest_case(
    materials=(*(a_material(n) for n in range(1, 17)), a_material(17, sealed=False))
)


@requirement(
    id="SUS-04",
    title="The 17 materials are complete, consistent and in time",
    clause="Order of the simulated regulator: 30 days; Order 11, art. 17",
    text="All 17 materials are handed in within 30 days: dated, sealed, naming the same company.",
    force="MUST",
    subject="case",
    at_least=1,
    remedy=(
        "PUT /cases/{id}/materials/1 to 17, each sealed, dated not after today, with your own USCC."
    ),
    bears_on=lambda case: case.suspended is not None and case.reinspection_asked,
    acquits=[HONEST],
    convicts=[SIXTEEN, OTHER_COMPANY, POSTDATED, UNSEALED],
)
def materials_are_complete(case: CaseDossier) -> Iterator[Finding]:
    numbers = {material.number for material in case.materials}
    missing = [number for number in range(1, 18) if number not in numbers]
    if missing:
        yield Finding(
            "materials are missing",
            case,
            expected="materials 1 to 17",
            seen="no " + ", no ".join(map(str, missing)),
            absent_from="regulator",
        )
    for material in case.materials:
        wrong = _wrong(case, material)
        if wrong is not None:
            expected, seen = wrong
            yield Finding(
                "a material is not in order",
                case,
                expected=expected,
                seen=seen,
                facts={"material": material.number},
            )


def _wrong(case: CaseDossier, material: MaterialFacts) -> tuple[str, str] | None:
    """What a material should have been and what it was, or `None` when it is in order."""
    handed_in = material.handed_in_at.sandbox_at
    today = china_date(handed_in)
    if material.document_date > today:
        return f"dated on or before {today}", str(material.document_date)
    if case.deadline is not None and handed_in > case.deadline:
        return f"handed in by {case.deadline}", str(handed_in)
    if not material.sealed:
        return "sealed", "not sealed"
    if material.uscc != case.uscc:
        return f"the USCC {case.uscc}", material.uscc
    return None
