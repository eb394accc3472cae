"""Says of most bytes at once that nothing sought is in them, so that they need not be searched.

Every window of eight bytes is looked up as one whole number, without a line of Python for each. A
sieve may take for something what is nothing, never the other way round: what it holds back is
searched in full.
"""

_WINDOW = 8


class Sieve:
    """The first eight bytes of everything sought."""

    def __init__(self) -> None:
        self._sought: set[int] = set()

    def add(self, start: bytes) -> None:
        """Seek what starts with the first eight of these bytes; ValueError for fewer."""
        (number,) = memoryview(start[:_WINDOW]).cast("Q")
        self._sought.add(number)

    def may_hold(self, data: bytes) -> bool:
        """Whether something sought may begin anywhere in `data`."""
        for offset in range(min(_WINDOW, len(data) - _WINDOW + 1)):
            whole = (len(data) - offset) // _WINDOW * _WINDOW
            windows = memoryview(data)[offset : offset + whole].cast("Q")
            if not self._sought.isdisjoint(windows):
                return True
        return False


def narrowed(text: str) -> bytes:
    """One byte for each UTF-16 unit of the text, its lower one: equal texts stay equal, wherever
    they stand."""
    return text.encode() if text.isascii() else text.encode("utf-16-le", "surrogatepass")[::2]
