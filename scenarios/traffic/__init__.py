"""The traffic of a run: who pays whom, and what was planted to be looked for.

- `traffic`    `Traffic(seed)`: the one door; people, merchants and payments of one run
- `people`     the Chinese payers, with every secret of theirs
- `merchants`  the merchants of six South-East Asian countries, and the domestic ones
- `payments`   a payment, and its form as JSON
- `placeholders`  how a template says where a payment's values go
- `planted`    the secrets and the lawful values of a payment
- `awkward`    identifiers written as merchants do write them
- `synthetic`  identifiers that are well-formed and cannot be anybody's
- `amounts`    amounts of which no two are equal
- `columns`    the same payments by the million
- `counting`   counters that become identifiers
"""

from scenarios.traffic.awkward import FORMS, Form, UnknownForm, write_awkwardly
from scenarios.traffic.merchants import Merchant
from scenarios.traffic.payments import Payment, payment_from_json, payment_to_json
from scenarios.traffic.people import Person
from scenarios.traffic.planted import CATEGORY_OF_KIND, Lawful, Secret, lawful, plain, planted
from scenarios.traffic.traffic import NobodyOpen, Route, Traffic

__all__ = [
    "CATEGORY_OF_KIND",
    "FORMS",
    "Form",
    "Lawful",
    "Merchant",
    "NobodyOpen",
    "Payment",
    "Person",
    "Route",
    "Secret",
    "Traffic",
    "UnknownForm",
    "lawful",
    "payment_from_json",
    "payment_to_json",
    "plain",
    "planted",
    "write_awkwardly",
]
