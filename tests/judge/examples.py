"""One value of every kind of record and of event, made from the types: whoever adds a kind adds no
example, and the judge meets it all the same."""

from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from simulator.journal import records as rec
from simulator.journal.events import Event

AT = datetime(2023, 6, 1, 9, tzinfo=UTC)


def kinds_of_events() -> list[type]:
    """Every kind of event, in the order of their union."""
    union, *_ = get_args(Event)
    return list(get_args(union))


def kinds_of_records() -> list[type]:
    """Every kind of record, in the order of their union."""
    return list(get_args(rec.Record))


def all_events() -> tuple[Any, ...]:
    """One event of each kind; all of them speak of the same things."""
    return tuple(example(kind) for kind in kinds_of_events())


def example(kind: Any) -> Any:
    """A value of this type; every optional field has one, and every list has one item."""
    if kind is Event or kind == Event:
        return example(kinds_of_events()[0])
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return example(inner[0])
    if origin in (Union, UnionType):
        return example(next(one for one in inner if one is not NoneType))
    if origin is Literal:
        return inner[0]
    if origin is tuple:
        return (example(inner[0]),)
    if origin is dict:
        return {"x": example(inner[1])}
    if is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        made: Any = kind
        return made(
            **{
                field.name: field.default
                if field.name == "event" and field.default is not MISSING
                else example(hints[field.name])
                for field in fields(kind)
            }
        )
    plain: dict[Any, Any] = {
        str: "x", int: 1, float: 1.0, bool: True, datetime: AT, date: AT.date(), Any: "x"
    }  # fmt: skip
    return plain[kind]
