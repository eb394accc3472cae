"""How people write one value: with a country code, in groups of four, in either case.

Whoever hashes an identifier hashes one of its spellings, so every usual one is tried.
"""

from collections.abc import Iterator


def spellings(kind: str, value: str) -> tuple[str, ...]:
    """The usual ways to write `value`, itself first, without repetition."""
    return tuple(dict.fromkeys((value, *_SPELLINGS.get(kind, _cased)(value))))


def shortened(kind: str, value: str) -> str | None:
    """A resident ID as it was before 1999: two digits of the year, no check character. None for all
    else."""
    return value[:6] + value[8:17] if kind == "resident_id" and len(value) == 18 else None


def _resident_id(value: str) -> Iterator[str]:
    yield from _cased(value)
    for separator in " -":
        yield separator.join((value[:6], value[6:14], value[14:]))
    old = shortened("resident_id", value)
    if old is not None:
        yield old


def _mobile(value: str) -> Iterator[str]:
    number = value.removeprefix("+86").strip()
    yield number
    for code in ("+86", "86", "0086", "+86 ", "+86-", "86-"):
        yield code + number
    for separator in " -":
        yield separator.join((number[:3], number[3:7], number[7:]))


def _card(value: str) -> Iterator[str]:
    groups = [value[start : start + 4] for start in range(0, len(value), 4)]
    yield " ".join(groups)
    yield "-".join(groups)


def _cased(value: str) -> Iterator[str]:
    yield value.lower()
    yield value.upper()
    yield "".join(value.split())


_SPELLINGS = {"resident_id": _resident_id, "mobile": _mobile, "card": _card}
