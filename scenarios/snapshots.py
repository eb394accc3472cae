"""Carries a sandbox from one simulator to another in one file."""

import os
from pathlib import Path

from scenarios.control import Control, ControlRefused, SimulatorGone
from scenarios.trust import AuthorityUnreadable
from simulator.journal.verify import verify

__all__ = ["SnapshotRefused", "restore", "take"]


class SnapshotRefused(Exception):
    """The sandbox was not carried over; the message says why and what to do."""


async def take(url: str, token: str, sandbox: str, file: Path, *, ca: Path | None = None) -> int:
    """Writes the sandbox into a new file, readable by its owner alone; how many entries it has.

    The file is whole or not there: it is proved before it gets its name.
    """
    if file.exists():
        raise SnapshotRefused(f"{file} is there already; choose another name or remove it")
    unfinished = file.with_name(file.name + ".unfinished")
    try:
        async with Control(url, token, sandbox, ca=ca) as control:
            content = await control.snapshot()
        unfinished.unlink(missing_ok=True)
        with open(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as to:
            to.write(content)
            to.flush()
            os.fsync(to.fileno())
        entries = verify(content.splitlines()).entries
        unfinished.replace(file)
    except (AuthorityUnreadable, ControlRefused, SimulatorGone) as refused:
        raise SnapshotRefused(str(refused)) from refused
    except OSError as error:
        raise SnapshotRefused(f"{file} cannot be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return entries


async def restore(
    url: str, token: str, file: Path, sandbox: str | None, *, ca: Path | None = None
) -> str:
    """Makes the sandbox of the file again, under its own name or `sandbox`; its name."""
    try:
        content = file.read_bytes()
        async with Control(url, token, sandbox or "", ca=ca) as control:
            return await control.restore(content)
    except (AuthorityUnreadable, ControlRefused, SimulatorGone) as refused:
        raise SnapshotRefused(str(refused)) from refused
    except OSError as error:
        raise SnapshotRefused(f"{file} cannot be read: {error.strerror}") from error
