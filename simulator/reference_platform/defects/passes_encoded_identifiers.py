"""What may not leave in the clear leaves in base64, where no filter looked."""

import base64

from simulator.messages.base import canonical
from simulator.reference_platform.defects import adds_to_payload, defect
from simulator.reference_platform.journey import Journey
from simulator.reference_platform.platform import Platform


def more(platform: Platform, journey: Journey) -> dict[str, object]:
    payment = journey.payment
    kept = {"note": payment.note, "extra": payment.extra, "contact": payment.payer.mobile}
    return {"context": base64.b64encode(canonical(kept)).decode()}


DEFECT = defect(
    id="passes_encoded_identifiers",
    title="Passes encoded identifiers",
    step="desensitise",
    meant_for="WHL-05",
)(adds_to_payload(more))
