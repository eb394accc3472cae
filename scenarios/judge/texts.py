"""Reads text out of bytes of which nobody said what they are.

Most of what hex and base64 stand for is no text. Of many pieces at once, numpy tells where some may
stand, in a fraction of the time that it takes to try each.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

TOKEN_BYTES_MAX = 64
"""What is no longer is remembered: a token comes again with each payment of a person."""
FEW = 100
"""So many pieces are tried one by one: most of them come again."""
SHORT_MAX = 1000
"""Bytes that a regular expression reads in less time than numpy."""
_LEGIBLE_MIN = 6
_LEGIBLE = re.compile(
    rb"(?:[\x00\t\n\r\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|"
    rb"[\xe0-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}){%d,}" % _LEGIBLE_MIN
)


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def may_be_in_utf8(data: bytes) -> bool:
    """Whether UTF-8 may hold these bytes; a character may be cut at either end."""
    return _PART_OF_UTF8.fullmatch(data) is not None


_PART_OF_UTF8 = re.compile(
    rb"[\x80-\xbf]{0,3}(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|"
    rb"[\xf0-\xf4][\x80-\xbf]{3})*(?:[\xc2-\xf4][\x80-\xbf]{0,2})?"
)


def texts_of(pieces: Sequence[bytes]) -> Iterator[str]:
    """What can be read in each piece, where anything can: the piece as UTF-8; else what it holds of
    legible runs, and all of it as GB 18030 if it can be that."""
    return filter(None, map(_text_of, pieces) if len(pieces) <= FEW else _Promising(pieces).texts())


def _text_of(piece: bytes) -> str:
    if len(piece) <= TOKEN_BYTES_MAX:
        return _text_of_token(piece)
    return _read(piece, _legible_parts_of(piece))


def _legible_parts_of(piece: bytes) -> Iterator[bytes]:
    if len(piece) <= SHORT_MAX:
        yield piece
    else:
        yield from (part for _, part in _Promising((piece,)).legible_parts())


@lru_cache(maxsize=50_000)
def _text_of_token(piece: bytes) -> str:
    return _read(piece, (piece,))


def _read(piece: bytes, legible: Iterable[bytes]) -> str:
    """Its legible runs are within the parts of it that are given."""
    with suppress(UnicodeDecodeError):
        return piece.decode()
    runs = [run.decode(errors="ignore") for part in legible for run in _LEGIBLE.findall(part)]
    with suppress(UnicodeDecodeError):
        runs.append(piece.decode("gb18030"))
    return "\n".join(runs)


_BESIDE = b"\x01"
"""Stands before and behind each piece: illegible, and no part of a longer character."""
_ILLEGIBLE, _FOLLOWS, _LEADS, _NOT_UTF8, _NOT_GB18030, _HIGH, _ENDS_NONE = (
    1 << bit for bit in range(7)
)


def _kinds_of(byte: int) -> int:
    return (
        _ILLEGIBLE * ((byte < 0x20 and byte not in b"\x00\t\n\r") or byte == 0x7F)
        | _FOLLOWS * (0x80 <= byte < 0xC0)  # In UTF-8.
        | _LEADS * (0xC2 <= byte < 0xF5)  # In UTF-8.
        | _NOT_UTF8 * (byte in (0xC0, 0xC1) or byte >= 0xF5)
        | _NOT_GB18030 * (byte == 0xFF)
        | _HIGH * (byte >= 0x80)
        | _ENDS_NONE * (byte < 0x30 or 0x3A <= byte < 0x40 or byte == 0x7F)  # In GB 18030.
    )


_KINDS = bytes(map(_kinds_of, range(256)))


class _Promising:
    """Where in many pieces there may be text."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = pieces
        self._whole = _BESIDE.join((b"", *pieces, b""))
        lengths = np.fromiter(map(len, pieces), np.intp, len(pieces))
        self._starts = np.cumsum(lengths + 1) - lengths
        self._kinds = np.frombuffer(self._whole.translate(_KINDS), np.uint8)

        self._broken = self._broken_utf8()

    def texts(self) -> Iterator[str]:
        """What can be read in each piece."""
        legible = defaultdict(list)
        for at, part in self.legible_parts():
            legible[at].append(part)
        perhaps_whole = self._without(self._broken) | self._may_be_gb18030()
        for at in sorted({*np.flatnonzero(perhaps_whole).tolist(), *legible}):
            piece = self._pieces[at]
            short = len(piece) <= TOKEN_BYTES_MAX
            yield _text_of_token(piece) if short else _read(piece, legible[at])

    def legible_parts(self) -> Iterator[tuple[int, bytes]]:
        """Parts with enough characters in a row, and the place of the piece of each."""
        gaps = np.flatnonzero(self._broken | (self._kinds & _ILLEGIBLE != 0))
        long = np.flatnonzero(np.diff(gaps) > _LEGIBLE_MIN)
        starts, ends = gaps[long] + 1, gaps[long + 1]
        begun = np.cumsum(self._kinds & _FOLLOWS == 0, dtype=np.int32)
        enough = begun[ends - 1] - begun[starts - 1] >= _LEGIBLE_MIN
        starts, ends = starts[enough], ends[enough]
        places = self._places(starts)
        for at, start, end in zip(places.tolist(), starts.tolist(), ends.tolist(), strict=True):
            yield at, self._whole[start:end]

    def _broken_utf8(self) -> NDArray[np.bool_]:
        """The bytes that cannot stand there in UTF-8."""
        kinds = self._kinds
        follows, leads = kinds & _FOLLOWS != 0, kinds & _LEADS != 0
        broken: NDArray[np.bool_] = kinds & _NOT_UTF8 != 0
        broken[:-1] |= leads[:-1] & ~follows[1:]
        broken[1:] |= follows[1:] & (kinds[:-1] & (_FOLLOWS | _LEADS) == 0)
        return broken

    def _may_be_gb18030(self) -> NDArray[np.bool_]:
        """Whether each piece can be that. Of an odd number of high bytes in a row, the last begins
        a character, which the byte behind it must end; looked at are rows of one and of three."""
        kinds = self._kinds
        is_high = kinds & _HIGH != 0
        behind = np.flatnonzero(is_high[:-1] & (kinds[1:] & _ENDS_NONE != 0)) + 1
        second, third, fourth = (is_high[behind - back] for back in (2, 3, 4))
        amiss = behind[~second | (third & ~fourth)]
        perhaps = self._without(kinds & _NOT_GB18030 != 0)
        perhaps[self._places(amiss - 1)] = False
        return perhaps

    def _without(self, amiss: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether each piece has none of those bytes."""
        has: NDArray[np.bool_] = np.logical_or.reduceat(amiss, self._starts)
        return ~has

    def _places(self, bytes_at: NDArray[np.intp]) -> NDArray[np.intp]:
        """The places of the pieces to which those bytes belong."""
        return np.searchsorted(self._starts, bytes_at, "right") - 1
