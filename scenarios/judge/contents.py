"""What one arrival holds that may join it, link it to others or open its tokens; read once, in one
pass over its views.
"""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from scenarios.judge.peeling import views_of
from scenarios.judge.rows import BASE64, FOREIGN_DIGIT, LOWER, NUMBER, rows_of
from simulator.journal.records import Arrival, Body

VALUES_MAX = 80
"""Values of one arrival that are tried as keys and as tokens."""

_NUMBER = re.compile(
    r"(\d(?:(?<![0-9A-Za-z.,]\d)|(?<=(?<![0-9A-Za-z])[A-Z]{3}\d))"
    r"(?:[\d,]{3,}(?:\.\d{1,4})?|\d{0,2}(?:\.\d{3})+,\d{1,4}))"
    r"(?=$|[^0-9A-Za-z]|[A-Z]{3}(?![0-9A-Za-z]))"
)
"""A number on its own, or beside the three letters of its currency; thousands may be set apart by
commas, or by points where a comma stands before the minor units. What stands before it is looked at
behind its first digit, since the search runs fastest from one digit to the next. ASCII digits are
part of one only from the first of a row on."""
_NUMBER_MIN = 4

_VALUE = re.compile(r"[0-9A-Za-z_\-+/]{16,}={0,2}")
_TOKEN_MIN = 12
_PART = re.compile(r"[0-9A-Za-z]{16,}")
_READ_AS_TEXT = frozenset({"url", "json", "gzip", "zlib", "deflate", "bzip2", "zip", "escapes"})
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Contents:
    """What stands in the body, or beside it."""

    amounts: tuple[tuple[int, ...], ...]
    """What each number there may be, in minor units; in the order in which they stand there."""
    tokens: frozenset[str]
    """Long values, without regard to case; times are no tokens."""
    values: tuple[str, ...]
    """The first values, headers before the body, that may be a key or a token."""


@dataclass(frozen=True, slots=True)
class Bytes(Body):
    """A body as it was on the wire. One character beyond Latin-1 doubles the room that a text
    takes."""

    kept: bytes | None = None


def as_bytes(body: Body) -> Bytes:
    """The same body; nothing is kept where the journal has only the digest."""
    return Bytes(body.sha256, body.size_bytes, kept=bytes_of(body) if is_kept(body) else None)


def bytes_of(body: Body) -> bytes:
    """The bytes as they were on the wire; empty when the journal kept only their digest."""
    if isinstance(body, Bytes):
        return body.kept or b""
    if body.text is not None:
        return body.text.encode()
    return base64.b64decode(body.base64) if body.base64 else b""


def is_kept(body: Body) -> bool:
    """Whether the journal kept the bytes; of a body beyond the limit it has only the digest."""
    if isinstance(body, Bytes):
        return body.kept is not None
    return body.text is not None or body.base64 is not None or body.size_bytes == 0


def contents_of(arrival: Arrival) -> Contents:
    """Everything that is looked for in one arrival, but for what was planted."""
    body = bytes_of(arrival.body)
    beside = "\n".join((arrival.path, arrival.query, *arrival.headers.values())).encode()
    numbers: dict[str, None] = {}
    words: set[str] = set()
    for view in views_of(body, beside):
        numbers.update(dict.fromkeys(_numbers(view.text)))
        if not view.path or view.path[-1] in _READ_AS_TEXT:
            text = _ESCAPE.sub(" ", view.text) if "%" in view.text else view.text
            words.update(_words(text))
    return Contents(
        amounts=tuple(filter(None, map(_amounts, numbers))),
        tokens=_tokens(words),
        values=_first(_values(arrival, body), VALUES_MAX),
    )


def _numbers(text: str) -> Iterable[str]:
    """Every number that may be an amount."""
    rows = rows_of(text)
    if rows.hold(FOREIGN_DIGIT):
        return _NUMBER.findall(text)
    starts = (start for start, _ in rows.spans(NUMBER, _NUMBER_MIN, not_behind=LOWER))
    return [found[0] for start in starts if (found := _NUMBER.match(text, start))]


def _words(text: str) -> Iterator[str]:
    """Every long value, with the padding of base64 behind it."""
    rows = rows_of(text)
    if "=" not in text:
        yield from rows.texts(BASE64, _TOKEN_MIN)
        return
    for start, end in rows.spans(BASE64, _TOKEN_MIN):
        padding = 0
        while padding < 2 and text.startswith("=", end + padding):
            padding += 1
        yield text[start : end + padding]


def _tokens(found: set[str]) -> frozenset[str]:
    """What stands before or behind a token in the same word makes it no other token, and neither
    does its case."""
    words = {token for token in found if not _TIME.match(token)}
    # A word of letters and digits alone is its own only part.
    parts = {part for word in words if not word.isalnum() for part in _PART.findall(word)}
    return frozenset(map(str.casefold, words | parts))


def _values(arrival: Arrival, body: bytes) -> Iterator[str]:
    """Every long value in the headers and in each view of the body."""
    for value in arrival.headers.values():
        yield from _VALUE.findall(value)[:4]
    for view in views_of(body):
        yield from (found[0] for found in _VALUE.finditer(view.text))


def _first(values: Iterable[str], most: int) -> tuple[str, ...]:
    """The first different ones."""
    found: dict[str, None] = {}
    for value in values:
        found[value] = None
        if len(found) == most:
            break
    return tuple(found)


_LARGEST_EXPONENT = 20
"""No amount is as large, and a number that is may have more digits than arithmetic keeps."""


@lru_cache(maxsize=50_000)
def _amounts(token: str) -> tuple[int, ...]:
    """The amounts that the number may be, in minor units, in every way in which these are written:
    minor units, and major units of two digits. Remembered, since most numbers are no amounts, and
    come again with each payment of a merchant or a person."""
    number = _number(token)
    if number.adjusted() > _LARGEST_EXPONENT or number * 100 != int(number * 100):
        return ()
    minor = int(number * 100)
    return (minor,) if minor % 100 else (minor, int(number))


def _number(token: str) -> Decimal:
    if "." in token and token.rfind(".") < token.rfind(","):
        return Decimal(token.replace(".", "").replace(",", "."))
    return Decimal(token.replace(",", ""))
