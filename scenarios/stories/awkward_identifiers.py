"""Identifiers as merchants really write them, and where nobody expects them."""

import hashlib
from dataclasses import replace

from scenarios.stage import Stage
from scenarios.stories import story
from scenarios.traffic import FORMS, Payment


@story(
    id="awkward_identifiers",
    title="Awkward identifiers",
    text=(
        "Identifiers come with country code, spaces, full-width digits and a lower-case x; they "
        "stand in notes and in fields that no one asked for. Some merchants even pass on "
        "passwords and face templates."
    ),
)
async def awkward_identifiers(stage: Stage) -> None:
    for form in FORMS:
        await stage.pay(2, form=form)
    await stage.submit([_with_canaries(payment) for payment in stage.payments(stage.many(6))])
    await stage.drain()


def _with_canaries(payment: Payment) -> Payment:
    """The payment with fields that no one asked for: a loyalty card, which no category knows, and
    authentication data (C3), which may never leave in any form."""
    card_number = hashlib.sha256(payment.id.encode()).hexdigest()[:16]
    canaries = {
        "loyalty_card": f"LC-{card_number}",
        "payment_password": payment.payer.password,
        "face_template": payment.payer.biometric,
    }
    return replace(payment, extra={**payment.extra, **canaries})
