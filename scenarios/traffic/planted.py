"""What the traffic planted, to be looked for in everything that leaves.

Secrets must never be seen abroad in the clear. Lawful values may leave, and join what arrived to
its payment.
"""

import unicodedata
from dataclasses import dataclass, replace

from scenarios.traffic.payments import Payment
from scenarios.traffic.people import Person

CATEGORY_OF_KIND = {
    "name": "X07",
    "resident_id": "M01",
    "mobile": "M03",
    "card": "X06",
    "email": "X08",
    "address": "X09",
    "device_id": "X10",
    "password": "X01",
    "biometric": "X02",
}
"""The kinds of secrets, in the order of `planted`, each with its category in
`simulator.law.categories`."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One value, plain, that must not leave."""

    kind: str
    value: str
    category: str
    person: str


@dataclass(frozen=True, slots=True)
class Lawful:
    """One value that may leave under a declaration, and by which a payload is known."""

    kind: str
    """`amount_minor`, `amount` or `merchant_name`."""
    value: str
    category: str


def planted(payment: Payment) -> tuple[Secret, ...]:
    """Every secret of the payment in its plain form, however the merchant wrote it."""
    person = plain(payment.payer)
    return tuple(
        Secret(kind, getattr(person, kind), category, person.id)
        for kind, category in CATEGORY_OF_KIND.items()
    )


def lawful(payment: Payment) -> tuple[Lawful, ...]:
    """Every lawful value that no other payment, or no other merchant, of the run has."""
    return (
        Lawful("amount_minor", str(payment.amount_minor), "M02"),
        Lawful("amount", payment.amount, "M02"),
        Lawful("merchant_name", payment.merchant.name, "E04"),
    )


def plain(person: Person) -> Person:
    """The person with every identifier in its plain form: half width, no spaces, no country code,
    capital X."""
    return replace(
        person,
        resident_id=_compact(person.resident_id).upper(),
        mobile=_compact(person.mobile)[-11:],
        card=_compact(person.card),
    )


def _compact(written: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", written) if c.isalnum())
