"""The law of the published case: the first measures on security assessment, before cross-border
flows were eased."""

from datetime import date

from simulator.law.packs import RulePack, SensitiveList, Thresholds

R2022 = RulePack(
    id="r2022",
    title="Security assessment measures of 2022",
    in_force_from=date(2022, 9, 1),
    in_force_until=date(2024, 3, 21),
    instruments=("CAC Order 11", "CAC Order 13 (from 2023-06-01)"),
    thresholds=Thresholds(
        handled_persons=1_000_000,
        assessed_persons=100_000,
        assessed_sensitive_persons=10_000,
        sensitive_count_as_persons=True,
        contract_from_persons=0,
    ),
    window="previous_year",
    validity_years=2,
    extension_years=None,
    payment_contract_exempt=False,
    exempted_persons_count=True,  # There is no exemption that could set them apart.
    contracts_filed_from=date(2023, 6, 1),
    certified_from=None,
    threshold_clause="Order 11 art. 4",
    mandatory_demanded_by="Order 11 art. 3-4",
    sensitive_lists=(SensitiveList(date(2020, 10, 1), "GB/T 35273-2020", resident_id=True),),
)
