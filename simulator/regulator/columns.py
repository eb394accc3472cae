"""One feed body turned into columns, so that a rule reads one column instead of every event."""

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.messages.feed import FeedEvent


@dataclass(frozen=True, slots=True)
class FeedColumns:
    """Row `i` of every column belongs to the same event; rows keep the order of the body."""

    line: tuple[int, ...]
    """Where the event stood in the body, from 1; lines that could not be read leave gaps."""
    type: tuple[str, ...]
    transmission: tuple[str, ...]
    sequence: tuple[int, ...]
    records: tuple[int, ...]
    bytes: tuple[int, ...]
    payload: tuple[str | None, ...]
    categories: tuple[tuple[str, ...], ...]
    recipient: tuple[str, ...]
    country: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.line)

    @classmethod
    def of(cls, events: Iterable[tuple[int, FeedEvent]]) -> "FeedColumns":
        """The columns of validated events, each with its line."""
        rows = [
            (
                line,
                event.type,
                event.subject,
                event.sequence,
                event.data.records,
                event.data.bytes,
                event.data.payload,
                event.data.categories,
                event.data.recipient,
                event.data.country,
            )
            for line, event in events
        ]
        return cls(*zip(*rows, strict=True)) if rows else cls(*((),) * 10)
