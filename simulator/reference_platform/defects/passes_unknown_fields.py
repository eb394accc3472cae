"""Fields that no one authorized travel along, because only the known ones were looked at."""

from simulator.reference_platform.defects import adds_to_payload, defect
from simulator.reference_platform.journey import Journey
from simulator.reference_platform.platform import Platform


def more(platform: Platform, journey: Journey) -> dict[str, object]:
    payer = journey.payment.payer
    return {**journey.payment.extra, "email": payer.email, "address": payer.address}


DEFECT = defect(
    id="passes_unknown_fields",
    title="Passes unknown fields",
    step="desensitise",
    meant_for="WHL-01",
)(adds_to_payload(more))
