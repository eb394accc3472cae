"""Finds the rows of characters of one kind in a text: digits, hex digits, base64.

A regular expression goes from character to character. In a long text numpy looks at all of them at
once, for several kinds together, and takes a fraction of the time; in a short one it takes longer.
"""

import re
import sys
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

DIGITS = "[0-9]"
HEX = "[0-9A-Fa-f]"
BASE64 = "[A-Za-z0-9+/_-]"
BASE32 = "[A-Za-z2-7]"
NUMBER = "[0-9.,]"
LOWER = "[a-z]"
LINE = "[_.]"
FOREIGN_DIGIT = r"(?:(?![0-9])\d)"
KINDS = (DIGITS, HEX, BASE64, BASE32, NUMBER, LOWER, LINE, FOREIGN_DIGIT)
SHORT_MAX = 400
"""Characters up to which a regular expression is the faster."""

Span = tuple[int, int]


class Rows:
    """What stands in one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._kinds = None if len(text) <= SHORT_MAX else _kinds_in(text)
        self._edges: dict[str, NDArray[np.intp]] = {}

    def spans(self, kind: str, least: int, *, not_behind: str | None = None) -> list[Span]:
        """Start and end of each row of at least so many characters of the kind. A row is as long as
        it can be; one directly behind a character of `not_behind` is left out."""
        if self._kinds is None:
            return [row.span() for row in _pattern(kind, least, not_behind).finditer(self._text)]
        edges = self._edges_of(kind)
        starts, ends = edges[::2], edges[1::2]
        wanted = ends - starts >= least
        if not_behind is not None:
            wanted &= self._kinds[starts] & _bit(not_behind) == 0
        return list(zip(starts[wanted].tolist(), ends[wanted].tolist(), strict=True))

    def texts(self, kind: str, least: int) -> list[str]:
        """The rows themselves."""
        text = self._text
        return [text[start:end] for start, end in self.spans(kind, least)]

    def may_stand_apart(self, kind: str, size: int, distance: int, times: int) -> bool:
        """Whether rows of just that size may start so many times in a row at that distance."""
        if self._kinds is None:
            return True
        edges = self._edges_of(kind)
        starts = edges[::2][edges[1::2] - edges[::2] == size]
        apart = starts[times - 1 :] - starts[: 1 - times]
        return bool((apart == distance * (times - 1)).any())

    def hold(self, kind: str) -> bool:
        """Whether a character of the kind is there."""
        if self._kinds is None:
            return _pattern(kind, 1, None).search(self._text) is not None
        return bool((self._kinds & _bit(kind)).any())

    def _edges_of(self, kind: str) -> NDArray[np.intp]:
        """Where rows start and end, in turn."""
        assert self._kinds is not None, "of a long text"
        if kind not in self._edges:
            is_one = self._kinds & _bit(kind) != 0
            self._edges[kind] = np.flatnonzero(is_one[1:] != is_one[:-1])
        return self._edges[kind]


@lru_cache(maxsize=8)
def rows_of(text: str) -> Rows:
    """The rows of a text, kept for a moment: several questions are put to the same text in turn."""
    return Rows(text)


@cache
def _pattern(kind: str, least: int, not_behind: str | None) -> re.Pattern[str]:
    before = "" if not_behind is None else f"(?<!{not_behind})"
    return re.compile(f"(?<!{kind}){before}{kind}{{{least},}}")


def _bit(kind: str) -> int:
    return 1 << KINDS.index(kind)


def _kinds_in(text: str) -> NDArray[np.uint8]:
    """The kinds of each character, one a bit; and none before the first and behind the last."""
    found = np.zeros(len(text) + 2, np.uint8)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    np.take(_kinds_of_codes(), codes, out=found[1:-1], mode="clip")
    return found


@cache
def _kinds_of_codes() -> NDArray[np.uint8]:
    """The kinds of every character that there is."""
    codes = np.arange(sys.maxunicode + 1, dtype="<u4")
    every = codes.tobytes().decode("utf-32-le", "surrogatepass")
    kinds = np.zeros(len(codes), np.uint8)
    for kind in KINDS:
        of_kind = re.finditer(kind, every if kind == FOREIGN_DIGIT else every[:128])
        kinds[[one.start() for one in of_kind]] |= _bit(kind)
    return kinds
