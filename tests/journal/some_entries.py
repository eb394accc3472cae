"""Short journals for the tests, sealed with times and salts that never change."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from simulator.journal.entry import GENESIS, Entry, seal
from simulator.journal.ndjson import to_line
from simulator.journal.records import Record, Staged

WALL = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SANDBOX = datetime(2023, 6, 1, tzinfo=UTC)


def entries_of(records: Sequence[Record]) -> list[Entry]:
    """The records as a chain; the salt of an entry is its sequence."""
    chain: list[Entry] = []
    for sequence, record in enumerate(records, start=1):
        previous = chain[-1].digest if chain else GENESIS
        later = timedelta(seconds=sequence)
        chain.append(
            seal(previous, sequence, record, WALL + later, SANDBOX + later, f"{sequence:032x}")
        )
    return chain


def marks(count: int) -> list[Entry]:
    """A chain of `count` marks that differ."""
    return entries_of([Staged("action", facts={"number": number}) for number in range(count)])


def lines_of(entries: Sequence[Entry]) -> list[str]:
    """The entries as they stand in a file."""
    return [to_line(entry) for entry in entries]
