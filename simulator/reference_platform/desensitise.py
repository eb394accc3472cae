"""What may leave, in which form: one rule a category. What no rule names stays at home.

Tokens are HMAC-SM3 under a key of the recipient's own, derived from a master key that never leaves:
without the key nobody can search for the identifier behind a token, and two recipients cannot
compare theirs. Identifiers are first brought into one form, so that a token does not depend on how
a person types. Free text has no rule and never leaves.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes, hmac

from simulator.law.identifiers import resident_id_check
from simulator.messages.base import canonical
from simulator.reference_platform.journey import Journey, Stage
from simulator.reference_platform.payment import Payment

if TYPE_CHECKING:
    from simulator.reference_platform.platform import Platform

RULE_VERSION = "2023-06/1"
SHORTEST = 8
"""An identifier with fewer characters is told by its last four, so that they stay at home too."""
_MOBILE_WITH_COUNTRY_CODE = re.compile(r"(?:00)?86(1\d{10})", re.ASCII)
_RESIDENT_ID_OF_1984 = re.compile(r"[1-9]\d{14}", re.ASCII)
_NO_MINOR_UNITS = frozenset({"JPY", "KRW", "VND"})


def desensitise(platform: "Platform", journey: Journey) -> Journey:
    """The payload of the journey's categories."""
    document = document_of(platform, journey)
    return journey.to(Stage.PREPARED, payload=canonical(document).decode())


def document_of(platform: "Platform", journey: Journey) -> dict[str, object]:
    """The settlement instruction: the fields of every category that was announced."""
    assert journey.payment.recipient is not None, "a domestic payment has no payload"
    steps = platform.steps
    key = steps.token_key(platform.token_master_key, journey.payment.recipient)
    mask = Mask(
        token=lambda value: steps.token(key, value),
        last_four=steps.last_four,
        exact_amount=steps.exact_amount,
    )
    document: dict[str, object] = {}
    payer: dict[str, object] = {}
    for category in journey.categories:
        if category in RULES:
            document |= RULES[category](journey, mask)
        if category in PAYER_RULES:
            payer |= PAYER_RULES[category](journey.payment, mask)
    return document | {"payer": payer} if payer else document


@dataclass(frozen=True, slots=True)
class Mask:
    """The ways in which a value may be told abroad."""

    token: Callable[[str], str]
    last_four: Callable[[str], str]
    exact_amount: Callable[[int, str], str]


def _merchant(journey: Journey, mask: Mask) -> dict[str, object]:
    merchant = journey.payment.merchant
    told = {"id": merchant.id, "name": merchant.name, "country": merchant.country}
    return {"merchant": told | {"mcc": merchant.mcc}}


def _amount(journey: Journey, mask: Mask) -> dict[str, object]:
    """A settlement recipient needs the exact amount; it is declared as such."""
    return {"amount": mask.exact_amount(journey.payment.amount_minor, journey.payment.currency)}


RULES: dict[str, Callable[[Journey, Mask], dict[str, object]]] = {
    "E03": lambda journey, mask: {"reference": journey.order_token},
    "E04": _merchant,
    "E05": lambda journey, mask: {"currency": journey.payment.currency},
    "E07": lambda journey, mask: {"time_hour": f"{journey.taken_at:%Y-%m-%dT%H}"},
    "M02": _amount,
}


def _device(payment: Payment, mask: Mask) -> dict[str, object]:
    return {"device_token": mask.token(payment.payer.device_id)} if payment.payer.device_id else {}


def _resident_id(payment: Payment, mask: Mask) -> dict[str, object]:
    value = payment.payer.resident_id
    return {"id_token": mask.token(value), "id_last4": mask.last_four(value)}


def _mobile(payment: Payment, mask: Mask) -> dict[str, object]:
    value = payment.payer.mobile
    return {"mobile_token": mask.token(value), "mobile_last4": mask.last_four(value)}


PAYER_RULES: dict[str, Callable[[Payment, Mask], dict[str, object]]] = {
    "E02": _device,
    "M01": _resident_id,
    "M03": _mobile,
}


def normalise(value: str) -> str:
    """One form for every way of writing an identifier.

    Full width becomes ASCII, separators go, letters are capital; a mobile number loses its country
    code, and a resident ID of 15 digits (before 1999) gets the century and check character that its
    holder's new card shows.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKC", value) if c.isalnum()).upper()
    with_country_code = _MOBILE_WITH_COUNTRY_CODE.fullmatch(plain)
    if with_country_code:
        return with_country_code[1]
    if _RESIDENT_ID_OF_1984.fullmatch(plain):
        body = f"{plain[:6]}19{plain[6:]}"
        return body + resident_id_check(body)
    return plain


def last_four(value: str) -> str:
    """The last four characters and not one more; empty where they would tell too much."""
    plain = normalise(value)
    return plain[-4:] if len(plain) >= SHORTEST else ""


def token_key(master_key: bytes, recipient: str) -> bytes:
    """The key of one recipient's tokens, so that two recipients cannot link theirs."""
    return _hmac_sm3(master_key, f"tokens for {recipient}".encode())


def token(key: bytes, value: str) -> str:
    """What stands for an identifier abroad."""
    return _hmac_sm3(key, normalise(value).encode()).hex()


def exact_amount(amount_minor: int, currency: str) -> str:
    """The amount in major units, to the last minor unit."""
    places = 0 if currency in _NO_MINOR_UNITS else 2
    return f"{Decimal(amount_minor).scaleb(-places):.{places}f}"


def _hmac_sm3(key: bytes, message: bytes) -> bytes:
    made = hmac.HMAC(key, hashes.SM3())
    made.update(message)
    return made.finalize()
