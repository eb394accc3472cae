"""The 17 materials that answer an inspection.

Materials 2 to 9 are the eight attachments of a real filing; the others are the simulated
regulator's own list, each with the clause that motivates it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequiredMaterial:
    """One line of the list; `max_age_months` is `None` where any past date will do."""

    number: int
    title: str
    clause: str
    max_age_months: int | None = None


MATERIALS: tuple[RequiredMaterial, ...] = (
    RequiredMaterial(
        1,
        "Rectification report with item-by-item closure matrix",
        "Order 11 art. 17; Administrative Penalty Law art. 28",
    ),
    RequiredMaterial(2, "Unified social credit code certificate, sealed copy", "Order 11 art. 6"),
    RequiredMaterial(3, "Identity document of the legal representative, copy", "Order 11 art. 6"),
    RequiredMaterial(4, "Identity document of the handler, copy", "Order 11 art. 6"),
    RequiredMaterial(5, "Authorisation letter of the handler", "Order 11 art. 6"),
    RequiredMaterial(6, "Commitment letter", "Order 11 art. 6"),
    RequiredMaterial(7, "Data-export declaration form", "Order 11 art. 6"),
    RequiredMaterial(
        8,
        "Data Exit Risk Assessment Report",
        "Order 11 art. 5, official template",
        max_age_months=3,
    ),
    RequiredMaterial(9, "Legal documents with each overseas recipient", "Order 11 art. 9"),
    RequiredMaterial(
        10, "Personal information protection impact assessment report", "PIPL art. 55-56"
    ),
    RequiredMaterial(
        11,
        "Inventory of the records and classification ledger (12 + 3)",
        "Decree 790 art. 29; GB/T 43697-2024",
    ),
    RequiredMaterial(12, "Whitelist register and desensitisation rule book", "PIPL art. 51(3)"),
    RequiredMaterial(13, "De-identification effectiveness evaluation", "GB/T 42460-2023"),
    RequiredMaterial(
        14, "Direct-connection plan and joint-test report", "Customs announcement 2018 No. 179"
    ),
    RequiredMaterial(15, "Evidence of notice and separate consent", "PIPL art. 39"),
    RequiredMaterial(
        16,
        "Management system, officer appointment, incident plan and drill record",
        "PIPL art. 51-52; Decree 790 art. 9, 11, 30",
    ),
    RequiredMaterial(
        17,
        "Disposal and traceability evidence for past exports",
        "Order 11 art. 9(2); Decree 790 art. 12",
    ),
)

BY_NUMBER: dict[int, RequiredMaterial] = {material.number: material for material in MATERIALS}
