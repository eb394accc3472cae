"""Reads a journal file in several places at once, so that all cores can prove it.

A stretch takes the line before it at its word, and proves all others; the stretch before proves
that one. So a journal of which every stretch begins with the link with which another ended is as
whole as one that was read from front to back.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from simulator.journal.entry import Entry, restore
from simulator.journal.ndjson import line_of, loads
from simulator.journal.verify import GENESIS, Chain

READ_BYTES = 1024 * 1024
"""As much is read at a time."""

Link = tuple[int, str]
"""A place in the chain: the sequence of an entry, and its digest."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What stands behind the line that starts at byte `start`, up to the line that starts at byte
    `end`, which is part of it. One that starts at 0 has the first line as well."""

    start: int
    end: int


def stretches_of(path: Path, size_bytes: int) -> list[Stretch]:
    """The whole file, in stretches of about that size."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        starts = [0]
        for near in range(size_bytes, size, size_bytes):
            file.seek(near)
            file.readline()
            if starts[-1] < file.tell() < size:
                starts.append(file.tell())
    return [Stretch(start, end) for start, end in pairwise([*starts, size])]


def link_before(path: Path, stretch: Stretch) -> Link:
    """The link that the stretch goes on from, taken at its word; JournalUnreadable or Broken where
    it is none."""
    if stretch.start == 0:
        return 0, GENESIS
    with path.open("rb") as file:
        file.seek(stretch.start)
        line = line_of(path, 0, file.readline())
    chain = Chain.after(line)
    return chain.sequence, chain.head


def entries_in(path: Path, stretch: Stretch, before: Link) -> Iterator[Entry]:
    """Its entries, proved to go on from that link; raises what `entries_of` raises. Which error of
    a whole file comes first, only a reading from front to back can tell."""
    chain = Chain(*before, loads=loads)
    with path.open("rb", buffering=READ_BYTES) as file:
        file.seek(stretch.start)
        at = stretch.start + (len(file.readline()) if stretch.start else 0)
        while at <= stretch.end and (text := file.readline()):
            at += len(text)
            line = line_of(path, chain.sequence + 1, text)
            yield restore(line, chain.take(line))
