"""Says of most bytes at once that nothing sought is in them, so that they need not be searched.

Windows of eight bytes are looked up as whole numbers, without a line of Python for each. A sieve
may take for something what is nothing, never the other way round: what it holds back is searched in
full.
"""

_WINDOW = 8


class Sieve:
    """The beginnings of everything sought.

    With a `step`, only every so manieth window of the bytes is looked up; so whatever is sought
    must be that much longer, for one of its first windows to be among them.
    """

    def __init__(self, step: int = 1) -> None:
        """`step` is 1, 2, 4 or 8."""
        self._step = step
        self._sought: set[int] = set()

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

    def may_hold(self, data: bytes) -> bool:
        """Whether something sought may begin anywhere in `data`."""
        if not self._sought:
            return False
        view = memoryview(data)
        for offset in range(0, min(_WINDOW, len(data) - _WINDOW + 1), self._step):
            whole = (len(data) - offset) // _WINDOW * _WINDOW
            if not self._sought.isdisjoint(view[offset : offset + whole].cast("Q")):
                return True
        return False


def narrowed(text: str) -> bytes:
    """One byte for each UTF-16 unit of the text, its lower one: equal texts stay equal, wherever
    they stand."""
    return text.encode() if text.isascii() else text.encode("utf-16-le", "surrogatepass")[::2]
