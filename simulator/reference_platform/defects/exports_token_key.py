"""The key travels with the tokens, so that the recipient can search for what stands behind them."""

from simulator.reference_platform.defects import adds_to_payload, defect
from simulator.reference_platform.journey import Journey
from simulator.reference_platform.platform import Platform


def more(platform: Platform, journey: Journey) -> dict[str, object]:
    assert journey.payment.recipient is not None, "a domestic payment has no payload"
    key = platform.steps.token_key(platform.token_master_key, journey.payment.recipient)
    return {"token_key": key.hex()}


DEFECT = defect(
    id="exports_token_key",
    title="Exports the key of the tokens",
    step="desensitise",
    meant_for="DES-03",
)(adds_to_payload(more))
