"""The law from 2026 on: as eased in 2024, with certification of exports and the amended
Cybersecurity Law."""

from datetime import date

from simulator.law.packs import REGULATORS_ORDER, RulePack, SensitiveList, Thresholds

R2026 = RulePack(
    id="r2026",
    title="Certification measures of 2026",
    in_force_from=date(2026, 1, 1),
    in_force_until=None,
    instruments=(
        "CAC Order 16",
        "CAC Order 11",
        "CAC Order 13",
        "CAC and SAMR Order 20",
        "Decree 790",
        "Cybersecurity Law as amended 2025",
    ),
    thresholds=Thresholds(
        handled_persons=None,
        assessed_persons=1_000_000,
        assessed_sensitive_persons=10_000,
        sensitive_count_as_persons=False,
        contract_from_persons=100_000,
    ),
    window="current_year",
    validity_years=3,
    extension_years=3,
    payment_contract_exempt=True,
    exempted_persons_count=False,
    contracts_filed_from=date(2023, 6, 1),
    certified_from=date(2026, 1, 1),
    threshold_clause="Order 16 art. 5, 7-8; Order 20",
    mandatory_demanded_by=REGULATORS_ORDER,
    sensitive_lists=(SensitiveList(date(2025, 11, 1), "GB/T 45574-2025", resident_id=False),),
)
