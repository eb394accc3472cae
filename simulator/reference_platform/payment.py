"""What a merchant submits, and how much of it the platform lets in at all.

Fields that the wire model does not name are ignored, and of the merchant's own extra fields those
that look like credentials are dropped: a password or a biometric template is never stored, so that
it can never leave.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from simulator.messages.base import Country, Currency, Name, RecipientId

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Text = Annotated[str, StringConstraints(max_length=2_000)]
_CREDENTIAL = re.compile(
    r"pass|pwd|secret|biometr|face|finger|iris|voice|cvn|cvv|track|sms|otp|\bpin"
)


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who is paid: legal-person data."""

    id: str
    name: str
    country: str
    mcc: str


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays: personal information, kept at home."""

    name: str
    resident_id: str
    mobile: str
    card: str
    email: str
    address: str
    device_id: str


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment as it is kept at home; `recipient` and `country` are `None` for a
    domestic one.
    """

    order_id: str
    merchant: Merchant
    payer: Payer
    amount_minor: int
    currency: str
    recipient: str | None
    country: str | None
    domestic: bool
    note: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


class Wire(BaseModel):
    """Base of what merchants send: unknown fields are dropped, not refused."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class MerchantBody(Wire):
    id: Identifier
    name: Name
    country: Country
    mcc: Identifier


class PayerBody(Wire):
    name: Text = ""
    resident_id: Identifier
    mobile: Identifier
    card: Text = ""
    email: Text = ""
    address: Text = ""
    device_id: Text = ""


class PaymentBody(Wire):
    """Body of `POST /payments`."""

    order_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    merchant: MerchantBody
    payer: PayerBody
    amount_minor: Annotated[int, Field(ge=1, le=10**15, strict=True)]
    currency: Currency
    recipient: RecipientId | None = None
    country: Country | None = None
    domestic: bool = False
    note: Text = ""
    extra: dict[str, Any] = {}

    @model_validator(mode="after")
    def names_where_it_goes(self) -> "PaymentBody":
        if not self.domestic and (self.recipient is None or self.country is None):
            raise ValueError("a payment that is not domestic must name its recipient and country")
        return self


def take_in(body: Mapping[str, Any]) -> Payment:
    """The payment in a merchant's body; raises pydantic's ValidationError naming every
    wrong field.
    """
    told = PaymentBody.model_validate(body)
    return Payment(
        order_id=told.order_id,
        merchant=Merchant(**told.merchant.model_dump()),
        payer=Payer(**told.payer.model_dump()),
        amount_minor=told.amount_minor,
        currency=told.currency,
        recipient=None if told.domestic else told.recipient,
        country=None if told.domestic else told.country,
        domestic=told.domestic,
        note=told.note,
        extra={name: value for name, value in told.extra.items() if not is_credential(name)},
    )


def is_credential(name: str) -> bool:
    """Whether a field of this name would hold authentication data (C3 of JR/T 0171)."""
    return _CREDENTIAL.search(name.casefold()) is not None
