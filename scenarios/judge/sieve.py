"""Says of most bytes at once that nothing sought is in them, so that they need not be searched.

Windows of eight bytes are looked up as whole numbers, all at once. A sieve may take for something
what is nothing, never the other way round: what it holds back is searched in full.
"""

import numpy as np
from numpy.typing import NDArray

_WINDOW = 8
_BITS = 22
_MIXED = 0x9E3779B97F4A7C15
"""Multiplied with it, numbers that differ a little differ in their upper bits (Knuth, The Art of
Computer Programming, 6.4)."""


class Sieve:
    """The beginnings of everything sought.

    With a `step`, only every so manieth window of the bytes is looked up; so whatever is sought
    must be that much longer, for one of its first windows to be among them.
    """

    def __init__(self, step: int = 1) -> None:
        """`step` is 1, 2, 4 or 8."""
        self._step = step
        self._sought: set[int] = set()
        self._perhaps: NDArray[np.bool_] | None = None
        """By the upper bits of a mixed window: whether one that is sought has the same. Made when
        it is first asked."""

    @property
    def least(self) -> int:
        """How many bytes of what is sought must be known."""
        return _WINDOW + self._step - 1

    def add(self, start: bytes) -> None:
        """Seek what starts with these bytes; ValueError for fewer than `least`."""
        if len(start) < self.least:
            raise ValueError(f"{self.least} bytes are needed, not {len(start)}")
        self._add_windows(start[: self.least])

    def add_parts(self, whole: bytes) -> None:
        """Seek every part of these bytes that is at least `least` long."""
        self._add_windows(whole)

    def _add_windows(self, data: bytes) -> None:
        for at in range(len(data) - _WINDOW + 1):
            (number,) = memoryview(data[at : at + _WINDOW]).cast("Q")
            self._sought.add(number)
        self._perhaps = None

    def may_hold(self, data: bytes) -> bool:
        """Whether something sought may begin anywhere in `data`."""
        if not self._sought or len(data) < _WINDOW:
            return False
        if self._perhaps is None:
            self._perhaps = np.zeros(1 << _BITS, np.bool_)
            self._perhaps[_places(np.fromiter(self._sought, np.uint64))] = True
        count = (len(data) - _WINDOW) // self._step + 1
        windows = np.ndarray((count,), np.uint64, data, strides=(self._step,))
        struck = windows[self._perhaps[_places(windows)]]
        return not self._sought.isdisjoint(struck.tolist())


def _places(windows: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return (windows * np.uint64(_MIXED)) >> np.uint64(64 - _BITS)


def narrowed(text: str) -> bytes:
    """One byte for each UTF-16 unit of the text, its lower one: equal texts stay equal, wherever
    they stand."""
    return text.encode() if text.isascii() else text.encode("utf-16-le", "surrogatepass")[::2]
