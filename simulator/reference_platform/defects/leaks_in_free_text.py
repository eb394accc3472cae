"""A remark for the recipient is put together from what stands in the payment."""

from simulator.reference_platform.defects import adds_to_payload, defect
from simulator.reference_platform.journey import Journey
from simulator.reference_platform.platform import Platform


def more(platform: Platform, journey: Journey) -> dict[str, object]:
    payment = journey.payment
    return {"remark": f"{payment.note} (paid by {payment.payer.name}, {payment.payer.mobile})"}


DEFECT = defect(
    id="leaks_in_free_text",
    title="Leaks in free text",
    step="desensitise",
    meant_for="DES-01",
)(adds_to_payload(more))
