"""Carries a journal in a file, one entry a line, so that any run can be judged anywhere."""

import json
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from simulator.journal.entry import Entry, JournalUnreadable, restore
from simulator.journal.verify import Chain, Ending, Line, parse_line

__all__ = [
    "JournalUnreadable",
    "entries_of",
    "line_of",
    "loads",
    "read_ndjson",
    "some_entries",
    "to_line",
    "write_ndjson",
]


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
    """All entries, as `entries_of` yields them."""
    return list(entries_of(path))


def entries_of(path: Path, ending: Ending | None = None) -> Iterator[Entry]:
    """One entry after the other, the chain checked again; whoever keeps none may read a journal of
    any size. Raises JournalUnreadable for a file that is no journal, Broken for a journal that was
    altered or has another ending, NewerFormat for one of a newer version."""
    chain = Chain(loads=loads)
    ending = ending or Ending()
    for number, text in _numbered(path):
        line = line_of(path, number, text)
        content = chain.take(line)
        ending.see(chain)
        yield restore(line, content)
    if chain.sequence == 0:
        raise JournalUnreadable(f"{path} is empty; name the journal.ndjson of a run")
    ending.check(chain)


def some_entries(path: Path, wanted: Collection[int]) -> Iterator[Entry]:
    """The entries of these sequences, from a journal that was checked before."""
    for number, text in _numbered(path) if wanted else ():
        if number in wanted:
            line = line_of(path, number, text)
            yield restore(line, json.loads(line.content or "null"))


def _numbered(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            yield from enumerate(file, start=1)
    except OSError as error:
        raise JournalUnreadable(
            f"{path} cannot be read ({error.strerror}); name the journal.ndjson of a run"
        ) from error


def line_of(path: Path, number: int, text: bytes) -> Line:
    """The line of a journal file; JournalUnreadable says what is wrong with it."""
    try:
        return parse_line(text, loads=loads)
    except ValueError as error:
        raise JournalUnreadable(
            f"{path}, line {number}: {error}; export the journal again,"
            " or take the copy that the run wrote"
        ) from None


def loads(text: str | bytes) -> Any:
    """What the standard library finds in a JSON text, in a third of the time.

    Both take the last of members of one name and keep numbers of any length. What only the standard
    library takes, such as lone surrogates, it is asked for; so are the words for what is wrong.
    """
    try:
        return from_json(text, cache_strings="keys")  # To look up every value takes longer.
    except ValueError:
        return json.loads(text)
