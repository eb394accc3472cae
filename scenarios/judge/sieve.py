"""Says of most bytes at once that nothing sought is in them, so that they need not be searched.

Windows of eight bytes are looked up as whole numbers, all at once. A sieve may take for something
what is nothing, never the other way round: what it holds back is searched in full.
"""

import numpy as np
from numpy.typing import NDArray

_NUMBER_BYTES = 8
_ALL_BITS = (1 << 64) - 1
_BITS_MAX = 22
_PLACES_EACH = 16
"""The table has at least so many places for each window that is sought, up to its largest size. A
smaller one stays near the processor."""
_MIXED = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)
"""Multiplied with one of them, numbers that differ a little differ in their upper bits (Knuth, The
Art of Computer Programming, 6.4). What is taken for sought has to be it by both."""


class Sieve:
    """The beginnings of everything sought.

    With a `step`, only every so manieth window of the bytes is looked up; so whatever is sought
    must be that much longer, for one of its first windows to be among them.
    """

    def __init__(self, *, window: int = _NUMBER_BYTES, step: int = 1) -> None:
        """A window has at most eight bytes."""
        self._window = window
        self._step = step
        self._spare_bits = 8 * (_NUMBER_BYTES - window)
        self._place_bits = 0
        self._sought: set[int] = set()
        self._perhaps: NDArray[np.bool_] | None = None
        """By the upper bits of a mixed window: whether one that is sought has the same. Made when
        it is first asked."""

    @property
    def least(self) -> int:
        """How many bytes of what is sought must be known."""
        return self._window + self._step - 1

    def add(self, start: bytes) -> None:
        """Seek what starts with these bytes; ValueError for fewer than `least`."""
        if len(start) < self.least:
            raise ValueError(f"{self.least} bytes are needed, not {len(start)}")
        self._add_windows(start[: self.least])

    def add_parts(self, whole: bytes) -> None:
        """Seek every part of these bytes that is at least `least` long."""
        self._add_windows(whole)

    def _add_windows(self, data: bytes) -> None:
        for at in range(len(data) - self._window + 1):
            self._sought.add(int.from_bytes(data[at : at + self._window], "little"))
        self._perhaps = None

    def may_hold(self, data: bytes) -> bool:
        """Whether something sought may begin anywhere in `data`."""
        if not self._sought or len(data) < self._window:
            return False
        if self._perhaps is None:
            self._perhaps = self._table()
        count = (len(data) - self._window) // self._step + 1
        whole = data + bytes(_NUMBER_BYTES - self._window)
        windows = np.ndarray((count,), "<u8", whole, strides=(self._step,))
        for mixed in _MIXED:
            windows = windows[self._perhaps.take(self._places(windows, mixed), mode="clip")]
        whole_windows = windows & np.uint64(_ALL_BITS >> self._spare_bits)
        return not self._sought.isdisjoint(whole_windows.tolist())

    def _table(self) -> NDArray[np.bool_]:
        self._place_bits = min((len(self._sought) * _PLACES_EACH).bit_length(), _BITS_MAX)
        sought = np.fromiter(self._sought, np.uint64)
        table = np.zeros(1 << self._place_bits, np.bool_)
        for mixed in _MIXED:
            table[self._places(sought, mixed)] = True
        return table

    def _places(self, windows: NDArray[np.uint64], mixed: int) -> NDArray[np.int64]:
        """What a number has beyond its window does not come into the product's upper bits."""
        product = windows * np.uint64(mixed << self._spare_bits & _ALL_BITS)
        return (product >> np.uint64(64 - self._place_bits)).view(np.int64)


def narrowed(text: str) -> bytes:
    """One byte for each UTF-16 unit of the text, its lower one: equal texts stay equal, wherever
    they stand."""
    return text.encode() if text.isascii() else text.encode("utf-16-le", "surrogatepass")[::2]
