"""Kills a process that appends, and says what became of everything that it had acknowledged."""

import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from simulator.journal.sqlite import SqliteStore

ROOT = Path(__file__).parents[2]
HANGS_AFTER_S = 120


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An entry that the process had called durable."""

    sandbox: str
    sequence: int
    digest: str


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a kill left: entries `found` in an unbroken chain, promised ones that are `missing`."""

    acknowledged: int
    found: int
    missing: tuple[Acknowledged, ...]


def kill_and_reopen(database: Path, *, seed: int) -> Aftermath:
    """Appends to the journal, kills at a seeded point, reopens, and compares; a torn or altered
    entry raises Broken or JournalUnreadable. The journal may have been through earlier kills."""
    promised = kill_while_appending(database, random.Random(seed).randrange(1, 300))
    return compare(database, promised)


def kill_while_appending(database: Path, acknowledgements: int) -> list[Acknowledged]:
    """Sends SIGKILL after so many acknowledgements; returns all that were given until it died."""
    with appending(database) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(acknowledgements)]
        process.kill()
        lines += process.stdout.readlines()
    if not lines[0]:
        raise RuntimeError(f"the appender died by itself with exit code {process.returncode}")
    return [
        Acknowledged(sandbox, int(sequence), digest)
        for sandbox, sequence, digest in (line.split() for line in lines if line.endswith("\n"))
    ]


@contextmanager
def appending(database: Path) -> Iterator["subprocess.Popen[str]"]:
    """The appender as a process of its own; one that hangs is killed too, and then falls short."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.journal.appender", str(database)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(HANGS_AFTER_S, process.kill)
    watchdog.start()
    try:
        with process:
            yield process
    finally:
        watchdog.cancel()


def compare(database: Path, promised: list[Acknowledged]) -> Aftermath:
    """Reads every sandbox back, the chain and each record included."""
    store = SqliteStore(database)
    try:
        found = {
            Acknowledged(id, entry.sequence, entry.digest)
            for id in store.sandboxes()
            for entry in store.read(id)
            if entry.record is not None
        }
    finally:
        store.close()
    missing = tuple(entry for entry in promised if entry not in found)
    return Aftermath(len(promised), len(found), missing)
