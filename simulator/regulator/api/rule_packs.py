"""The law as it is published: numbers and periods of a rule pack, and the instruments behind it."""

from dataclasses import asdict

from simulator.law.packs import packs
from simulator.messages.rule_pack import RulePack
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken
from simulator.regulator.refusal import not_found


def _rule_pack(call: Call, _: None) -> Outcome:
    law = packs().get(call.path["id"])
    if law is None:
        return not_found("rule pack", call.path["id"])
    published = {
        name: value for name, value in asdict(law).items() if name in RulePack.model_fields
    }
    return Taken((), lambda: RulePack.model_validate(published))


RULE_PACKS = Resource(
    id="rule-packs",
    title="The law in force",
    operations=(
        Operation(
            id="rule_pack",
            method="GET",
            path="/rule-packs/{id}",
            title="Read a rule pack",
            answers=RulePack,
            example={
                "id": "r2022",
                "title": "Security assessment measures of 2022",
                "in_force_from": "2022-09-01",
                "in_force_until": "2024-03-21",
                "instruments": ["CAC Order 11", "CAC Order 13 (from 2023-06-01)"],
                "thresholds": {
                    "handled_persons": 1000000,
                    "assessed_persons": 100000,
                    "assessed_sensitive_persons": 10000,
                    "sensitive_count_as_persons": True,
                    "contract_from_persons": 0,
                },
                "window": "previous_year",
                "validity_years": 2,
                "extension_years": None,
                "payment_contract_exempt": False,
                "exempted_persons_count": True,
                "contracts_filed_from": "2023-06-01",
                "certified_from": None,
                "threshold_clause": "Order 11 art. 4",
                "mandatory_demanded_by": "Order 11 art. 3-4",
            },
            ask=_rule_pack,
            refuses=("not_found",),
        ),
    ),
)
