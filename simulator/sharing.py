"""A copy that shares with its original whatever never changes.

What a sandbox knows is dictionaries of frozen things: a copy needs dictionaries of its own, and no
things of its own.
"""

from collections import deque
from collections.abc import Callable
from copy import copy
from dataclasses import fields
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel

T = TypeVar("T")

UNCHANGING = (
    type(None), bool, int, float, str, bytes, tuple, frozenset, date, datetime, timedelta,
)  # fmt: skip


def copied(value: T) -> T:
    """The value with containers of its own. A frozen thing is shared, whatever it holds: whoever
    froze it promised not to change that either. TypeError for what is neither."""
    kind: Any = type(value)
    how = _how(kind)
    return value if how is None else how(value)


@cache
def _how(kind: Any) -> Callable[[Any], Any] | None:
    """How a value of this kind is copied; `None` where it is shared."""
    if kind in _CONTAINERS:
        return _CONTAINERS[kind]
    if issubclass(kind, UNCHANGING):
        return None
    dataclass: Any = getattr(kind, "__dataclass_params__", None)
    if dataclass is not None:
        return None if dataclass.frozen else _dataclass
    if issubclass(kind, BaseModel) and kind.model_config.get("frozen"):
        return None
    raise TypeError(f"nobody has said how a {kind.__name__} is copied")


def _are_shared(values: Any) -> bool:
    """Whether none of the values needs a copy; asked of each kind once, as there may be millions of
    values."""
    return all(_how(kind) is None for kind in set(map(type, values)))


def _dict(value: dict[Any, Any]) -> dict[Any, Any]:
    if _are_shared(value.values()):
        return dict(value)
    return {key: copied(item) for key, item in value.items()}


def _sequence(value: Any) -> Any:
    kind = type(value)
    return kind(value) if _are_shared(value) else kind(copied(item) for item in value)


def _dataclass(value: Any) -> Any:
    twin = copy(value)
    for field in fields(value):
        setattr(twin, field.name, copied(getattr(value, field.name)))
    return twin


_CONTAINERS: dict[type, Callable[[Any], Any]] = {
    dict: _dict,
    list: _sequence,
    deque: _sequence,
    set: set,
}
