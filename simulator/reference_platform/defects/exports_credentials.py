"""The merchant's display name is put together from the whole checkout, credentials included."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.payment import Payment, is_credential
from simulator.reference_platform.steps import Steps


@defect(
    id="exports_credentials",
    title="Exports credentials",
    step="take_in",
    meant_for="DES-06",
)
def keeps_credentials(honest: Steps) -> WrongStep:
    def take_everything_in(body: Mapping[str, Any]) -> Payment:
        payment = honest.take_in(body)
        told = {**_object(body.get("payer")), **_object(body.get("extra"))}
        credentials = [str(value) for name, value in told.items() if is_credential(name)]
        name = " ".join([payment.merchant.name, *credentials])
        return replace(payment, merchant=replace(payment.merchant, name=name))

    return take_everything_in


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
