"""What the merchants saw and what the run did, on its way into the journal: written down at once,
sent in batches."""

import asyncio
from typing import Any

from scenarios.control import Control
from simulator.journal.records import Record, Staged

BATCH = 200


class Notebook:
    """Keeps the order in which things were written down."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._waiting: list[Record] = []
        self._one_at_a_time = asyncio.Lock()

    def write(self, record: Record) -> None:
        """Remembers a record for the next batch."""
        self._waiting.append(record)

    async def flush(self) -> None:
        """Returns when everything written so far is in the journal."""
        async with self._one_at_a_time:
            while self._waiting:
                batch = self._waiting[:BATCH]
                await self._control.record(batch)
                del self._waiting[: len(batch)]

    async def mark(self, mark: str, story: str | None = None, **facts: Any) -> None:
        """Enters a mark of the run, after all that was written before it."""
        self.write(Staged(mark, story, facts))
        await self.flush()
