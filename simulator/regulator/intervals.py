"""Which sequence numbers were seen, as intervals: a feed in order costs one pair, however long."""

from bisect import bisect_right
from dataclasses import dataclass

Span = tuple[int, int]
"""First and last number, both included."""


@dataclass(frozen=True, slots=True)
class Intervals:
    """A set of whole numbers from 1; its spans are apart from each other and in order."""

    spans: tuple[Span, ...] = ()

    @property
    def last(self) -> int:
        """The largest number, or 0."""
        return self.spans[-1][1] if self.spans else 0

    def __contains__(self, number: int) -> bool:
        if number > self.last:
            return False
        after = bisect_right(self.spans, number, key=lambda span: span[0])
        return after > 0 and number <= self.spans[after - 1][1]

    def add(self, number: int) -> "Intervals":
        """The set with `number`, which must not be in it yet."""
        spans = self.spans
        if spans and spans[-1][1] + 1 == number:  # In order, as nearly always.
            return Intervals((*spans[:-1], (spans[-1][0], number)))

        after = bisect_right(spans, number, key=lambda span: span[0])
        first, last = number, number
        left, right = after, after
        if after > 0 and spans[after - 1][1] == number - 1:
            left, first = after - 1, spans[after - 1][0]
        if after < len(spans) and spans[after][0] == number + 1:
            right, last = after + 1, spans[after][1]
        return Intervals((*spans[:left], (first, last), *spans[right:]))

    def gaps(self) -> tuple[Span, ...]:
        """The numbers from 1 up to the largest that are missing."""
        ends = (0, *(last for _, last in self.spans))
        return tuple(
            (before + 1, first - 1)
            for before, (first, _) in zip(ends, self.spans, strict=False)
            if first > before + 1
        )


NOTHING_SEEN = Intervals()
