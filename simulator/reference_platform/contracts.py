"""Whom the platform settles with abroad, what for, and which fields that takes: what it declares,
and no more.
"""

from dataclasses import dataclass

from simulator.messages.declaration import DeclaredField
from simulator.reference_platform.payment import Payment

PURPOSE = "settlement of cross-border payments"
LEGAL_BASIS = "PIPL art. 13(1)(2): necessary to perform a contract to which the payer is a party"
INDISPENSABLE = frozenset({"M02"})
"""Categories without which a settlement instruction says nothing: no amount, no payment."""

FIELDS = (
    DeclaredField(name="device_token", category="E02", desensitisation="keyed_token"),
    DeclaredField(name="order_token", category="E03", desensitisation="none"),
    DeclaredField(name="merchant", category="E04", desensitisation="none"),
    DeclaredField(name="currency", category="E05", desensitisation="none"),
    DeclaredField(name="time_hour", category="E07", desensitisation="coarsened"),
    DeclaredField(name="id_token", category="M01", desensitisation="keyed_token"),
    DeclaredField(name="id_last4", category="M01", desensitisation="last_four"),
    DeclaredField(name="amount", category="M02", desensitisation="none"),
    DeclaredField(name="mobile_token", category="M03", desensitisation="keyed_token"),
    DeclaredField(name="mobile_last4", category="M03", desensitisation="last_four"),
)


@dataclass(frozen=True, slots=True)
class Contract:
    """One recipient abroad and what its settlements carry."""

    recipient: str
    country: str
    purpose: str = PURPOSE
    fields: tuple[DeclaredField, ...] = FIELDS
    records_a_year: int = 1_000_000
    persons: int = 500_000

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(sorted({field.category for field in self.fields}))


CONTRACTS = (
    Contract(recipient="acquirer-sg", country="SG"),
    Contract(recipient="acquirer-th", country="TH"),
)


def find_contract(payment: Payment) -> Contract | None:
    """The contract that covers the payment's recipient in its country; `None`: there is none, so
    nothing is sent.
    """
    for contract in CONTRACTS:
        if (contract.recipient, contract.country) == (payment.recipient, payment.country):
            return contract
    return None
