"""Carries a journal in a file, one entry a line, so that any run can be judged anywhere."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from simulator.journal.entry import Entry, JournalUnreadable, restore
from simulator.journal.verify import Chain, parse_line

__all__ = ["JournalUnreadable", "read_ndjson", "to_line", "write_ndjson"]


def to_line(entry: Entry) -> str:
    """The entry as one line of a journal file, its newline included."""
    line = {
        "sequence": entry.sequence,
        "kind": entry.kind,
        "salt": entry.salt,
        "content": entry.content,
        "content_digest": entry.content_digest,
        "digest": entry.digest,
    }
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n"


def write_ndjson(entries: Iterable[Entry], path: Path) -> None:
    """Writes the journal whole or not at all: a reader never sees half of it."""
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(to_line(entry) for entry in entries)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def read_ndjson(path: Path) -> list[Entry]:
    """All entries, the chain checked again. Raises JournalUnreadable for a file that is no journal,
    Broken for a journal that was altered, NewerFormat for one of a newer version."""
    entries: list[Entry] = []
    chain = Chain()
    try:
        with path.open("rb") as file:
            for number, text in enumerate(file, start=1):
                try:
                    line = parse_line(text)
                except ValueError as error:
                    raise JournalUnreadable(
                        f"{path}, line {number}: {error}; export the journal again,"
                        " or take the copy that the run wrote"
                    ) from None
                entries.append(restore(line, chain.take(line)))
    except OSError as error:
        raise JournalUnreadable(
            f"{path} cannot be read ({error.strerror}); name the journal.ndjson of a run"
        ) from error
    if not entries:
        raise JournalUnreadable(f"{path} is empty; name the journal.ndjson of a run")
    return entries
