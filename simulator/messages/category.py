"""The catalogue of data categories as the regulator publishes it (12 exempt, 3 mandatory)."""

from typing import Literal

from simulator.messages.base import CategoryCode, Message


class Category(Message):
    """One of the 15 categories of regulation 6a, or an X class that may never leave."""

    code: CategoryCode
    title: str
    duty: Literal["exempt", "mandatory", "forbidden"]
    """`mandatory` must be declared; `exempt` may leave under any authorization; `forbidden` never
    leaves."""
    fields: tuple[str, ...]
    rule: str
    clause: str


class CategoryList(Message):
    """Answer of `GET /categories`."""

    rule_pack: str
    items: tuple[Category, ...]
