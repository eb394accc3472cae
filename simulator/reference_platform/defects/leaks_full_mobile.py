"""The mobile number leaves in full beside its token, so that the acquirer can send a text
message.
"""

from simulator.reference_platform.defects import adds_to_payload, defect
from simulator.reference_platform.desensitise import normalise
from simulator.reference_platform.journey import Journey
from simulator.reference_platform.platform import Platform


def more(platform: Platform, journey: Journey) -> dict[str, object]:
    return {"contact": normalise(journey.payment.payer.mobile)}


DEFECT = defect(
    id="leaks_full_mobile",
    title="Leaks the full mobile number",
    step="desensitise",
    meant_for="DES-01",
)(adds_to_payload(more))
