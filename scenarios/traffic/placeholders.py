"""Templates with placeholders: how a target file says where a payment's values go.

A string that is exactly one placeholder keeps the value's type; within a longer string the value is
written as text. Only names of the form `{word}` or `{word.word}` are placeholders, so JSON inside a
string needs no escapes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from scenarios.traffic.merchants import Merchant
from scenarios.traffic.payments import Payment
from scenarios.traffic.people import Person

PLACEHOLDER = re.compile(r"\{([a-z][a-z_]*(?:\.[a-z][a-z_]*)?)\}")

OF_A_PAYMENT: frozenset[str] = frozenset(
    {f"payment.{part.name}" for part in fields(Payment)} - {"payment.merchant", "payment.payer"}
    | {"payment.amount"}
    | {f"merchant.{part.name}" for part in fields(Merchant)}
    | {f"payer.{part.name}" for part in fields(Person)}
)
"""Every placeholder that a payment fills."""


def names_in(template: Any) -> Iterator[str]:
    """Every placeholder in a template of tables, lists and strings."""
    if isinstance(template, str):
        yield from PLACEHOLDER.findall(template)
    elif isinstance(template, Mapping):
        for key, value in template.items():
            yield from names_in(key)
            yield from names_in(value)
    elif isinstance(template, list | tuple):
        for value in template:
            yield from names_in(value)


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """The template with its placeholders replaced; KeyError for one that has no value."""
    if isinstance(template, str):
        whole = PLACEHOLDER.fullmatch(template)
        if whole:
            return values[whole[1]]
        return PLACEHOLDER.sub(lambda found: as_text(values[found[1]]), template)
    if isinstance(template, Mapping):
        return {fill(key, values): fill(value, values) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [fill(value, values) for value in template]
    return template


def as_text(value: Any) -> str:
    """A value inside a longer string or a form: JSON for what is no string, nothing for `None`."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def values_of(payment: Payment) -> dict[str, Any]:
    """What each placeholder of `OF_A_PAYMENT` stands for in this payment."""
    values: dict[str, Any] = {"payment.amount": payment.amount}
    for prefix, part in (
        ("payment", payment),
        ("merchant", payment.merchant),
        ("payer", payment.payer),
    ):
        for each in fields(part):
            values[f"{prefix}.{each.name}"] = getattr(part, each.name)
    del values["payment.merchant"], values["payment.payer"]
    return values
