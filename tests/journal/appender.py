"""Appends without end and prints an entry only once it is durable: the process that gets killed.

python -m tests.journal.appender DATABASE
"""

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from simulator.journal.records import Staged
from simulator.journal.sqlite import SqliteStore
from simulator.sandbox import Sandbox

WRITERS = 6


async def append_without_end(path: Path) -> None:
    """Two sandboxes, and several writers each, so that commits are shared and never at rest."""
    store = SqliteStore(path)
    sandboxes = [opened(store, id) for id in ("north", "south")]
    await asyncio.gather(*(write_on(sandbox) for sandbox in sandboxes for _ in range(WRITERS)))


def opened(store: SqliteStore, id: str) -> Sandbox:
    """The sandbox as the former process left it, or a new one."""
    if id in store.sandboxes():
        return Sandbox.recover(store, id)
    return Sandbox.create(
        store,
        id=id,
        passcode="passcode",
        seed=1,
        starts_at=datetime(2023, 6, 1, tzinfo=UTC),
        rule_pack="r2022",
        policy={},
    )


async def write_on(sandbox: Sandbox) -> None:
    """Entries from one line to several pages of the database, so that any of them may be torn."""
    while True:
        size = sandbox.next_sequence() * 7919 % 9_000
        entry = await sandbox.write(Staged("action", facts={"padding": "x" * size}))
        os.write(1, f"{sandbox.id} {entry.sequence} {entry.digest}\n".encode())


if __name__ == "__main__":
    asyncio.run(append_without_end(Path(sys.argv[1])))
