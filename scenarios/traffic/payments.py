"""What a merchant submits to the platform, and its form as JSON in the journal."""

from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from scenarios.traffic.merchants import MINOR_DIGITS, Merchant
from scenarios.traffic.people import Person


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment. `recipient` and `country` are `None` where the platform chooses, and for
    domestic payments."""

    id: str
    merchant: Merchant
    payer: Person
    """As the merchant writes the payer's identifiers, which may be awkward; `planted` knows the
    plain ones."""
    amount_minor: int
    currency: str
    recipient: str | None
    country: str | None
    domestic: bool
    note: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    """Fields that the merchant adds and no one asked for."""

    @property
    def amount(self) -> str:
        """The amount in major units, as a person writes it: `1234.99`, and `123499` where there are
        no minor units."""
        places = MINOR_DIGITS.get(self.currency, 2)
        return str(Decimal(self.amount_minor).scaleb(-places))


def payment_to_json(payment: Payment) -> dict[str, Any]:
    """The payment as JSON values, every planted secret included."""
    return asdict(payment)


def payment_from_json(value: dict[str, Any]) -> Payment:
    """The payment that `payment_to_json` wrote; TypeError or KeyError for anything else."""
    parties = {"merchant": Merchant(**value["merchant"]), "payer": Person(**value["payer"])}
    return Payment(**(value | parties))
