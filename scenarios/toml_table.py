"""A TOML table read field by field with every mistake remembered, so that all are told at once."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from simulator.catalogue import suggest

MISSING: Any = object()


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong with a file: the field, the value that stands there, and the
    remedy."""

    field: str
    value: Any
    """`MISSING` where nothing stands."""
    remedy: str

    def __str__(self) -> str:
        seen = "is missing" if self.value is MISSING else f"is {self.value!r}"
        return f"{self.field} {seen}: {self.remedy}"


class Table:
    """One table of the file. A wrong or missing field is noted and read as its stand-in, so reading
    goes on."""

    def __init__(self, value: Mapping[str, Any], name: str, mistakes: list[Mistake]) -> None:
        self._value = value
        self._name = name
        self._mistakes = mistakes
        self._known: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._value

    def wrong(self, key: str, value: Any, remedy: str) -> None:
        """Notes a mistake in the field `key`."""
        self._mistakes.append(Mistake(self.path(key), value, remedy))

    def path(self, key: str) -> str:
        """The field as the user finds it: table and key."""
        return f"{self._name}.{key}" if self._name else key

    def any(self, key: str, default: Any = MISSING, *, must: str = "give it a value") -> Any:
        """Whatever stands there; a missing field without default is a mistake and read as
        `None`."""
        self._known.add(key)
        if key in self._value:
            return self._value[key]
        if default is MISSING:
            self.wrong(key, MISSING, must)
            return None
        return default

    def text(self, key: str, default: Any = MISSING, *, must: str = "give it some text") -> str:
        """A string that is not empty, unless the default is."""
        value = self.any(key, default, must=must)
        if isinstance(value, str) and (value or value == default):
            return value
        if key in self._value:
            self.wrong(key, value, must)
        return ""

    def optional_text(
        self, key: str, *, must: str = "give it some text, or leave it out"
    ) -> str | None:
        """A string, or `None` where the field is left out."""
        return self.text(key, must=must) if key in self._value else self.any(key, None)

    def url(self, key: str, default: Any = MISSING) -> str:
        """An http or https address with a host."""
        must = "give a whole address such as http://127.0.0.1:8901/payments"
        value = self.text(key, default, must=must)
        if value and not is_url(value):
            self.wrong(key, value, must)
        return value

    def choice(self, key: str, choices: Sequence[str], default: str) -> str:
        """One of `choices`."""
        value = self.text(key, default)
        if value and value not in choices:
            self.wrong(key, value, suggest(value, choices))
        return value if value in choices else default

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.any(key, default)
        if not isinstance(value, bool):
            self.wrong(key, value, "write true or false, without quotes")
            return default
        return value

    def number(self, key: str, default: float) -> float:
        """A number greater than zero."""
        value = self.any(key, default)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not 0 < value < math.inf
        ):
            self.wrong(key, value, "write a number greater than 0, without quotes")
            return default
        return float(value)

    def status(self, key: str, default: int) -> int:
        """An HTTP status."""
        value = self.any(key, default)
        if not is_status(value):
            self.wrong(key, value, "write an HTTP status from 100 to 599")
            return default
        return int(value)

    def statuses(self, key: str, default: Any = MISSING) -> tuple[int, ...]:
        """A list of HTTP statuses."""
        must = "write a list of HTTP statuses, such as [200, 202]"
        value = self.any(key, default, must=must)
        if value is None:
            return ()
        if not isinstance(value, list | tuple) or not all(is_status(each) for each in value):
            self.wrong(key, value, must)
            return ()
        return tuple(value)

    def words(self, key: str, default: Any = MISSING) -> tuple[str, ...]:
        """A list of strings."""
        must = 'write a list of strings, such as ["settled"]'
        value = self.any(key, default, must=must)
        if value is None:
            return ()
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            self.wrong(key, value, must)
            return ()
        return tuple(value)

    def pointer(self, key: str, default: Any = MISSING) -> str:
        """An RFC 6901 JSON pointer."""
        must = "write a JSON pointer such as /payment_id (RFC 6901)"
        value = self.text(key, default, must=must)
        if value and not value.startswith("/"):
            self.wrong(key, value, must)
        return value

    def table(self, key: str, *, required: bool = True) -> "Table":
        """A table within; an empty one where it is missing."""
        value = self.any(key, MISSING if required else {}, must=f"add a table [{self.path(key)}]")
        if value is not None and not isinstance(value, dict):
            self.wrong(key, value, f"make it a table: [{self.path(key)}]")
        return Table(value if isinstance(value, dict) else {}, self.path(key), self._mistakes)

    def tables(self, key: str) -> list["Table"]:
        """An array of tables."""
        value = self.any(key, must=f"add at least one [[{self.path(key)}]]")
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.wrong(key, value, f"write each as its own table: [[{self.path(key)}]]")
            return []
        return [
            Table(each, f"{self.path(key)}[{number}]", self._mistakes)
            for number, each in enumerate(value)
        ]

    def __iter__(self) -> Iterator[str]:
        """The keys that stand there, known or not."""
        return iter(self._value)

    def finish(self) -> None:
        """Notes every key that was never asked for."""
        for key in self._value:
            if key not in self._known:
                self.wrong(
                    key, self._value[key], f"no such field; {suggest(key, sorted(self._known))}"
                )


def is_url(value: str) -> bool:
    """Whether it is a whole http or https address."""
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # A port that is no number.
        return False


def is_status(value: Any) -> bool:
    """Whether it can be an HTTP status."""
    return isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599
