"""The law after cross-border flows were eased: larger numbers, and payment contracts exempt."""

from datetime import date

from simulator.law.packs import REGULATORS_ORDER, RulePack, SensitiveList, Thresholds

R2024 = RulePack(
    id="r2024",
    title="Provisions on cross-border data flows of 2024",
    in_force_from=date(2024, 3, 22),
    in_force_until=date(2025, 12, 31),
    instruments=("CAC Order 16", "CAC Order 11", "CAC Order 13", "Decree 790 (from 2025-01-01)"),
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
    certified_from=None,
    threshold_clause="Order 16 art. 5, 7-8",
    mandatory_demanded_by=REGULATORS_ORDER,
    sensitive_lists=(
        SensitiveList(date(2020, 10, 1), "GB/T 35273-2020", resident_id=True),
        SensitiveList(date(2025, 11, 1), "GB/T 45574-2025", resident_id=False),
    ),
)
