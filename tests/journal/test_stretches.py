"""A journal that is read in stretches is the journal that is read from front to back, and no less
proved."""

from pathlib import Path

import pytest

from simulator.journal.entry import Entry, JournalUnreadable
from simulator.journal.ndjson import write_ndjson
from simulator.journal.stretches import Link, entries_in, link_before, stretches_of
from simulator.journal.verify import GENESIS, Broken
from tests.journal.some_entries import lines_of, marks

ENTRIES = marks(12)
LINES = [line.encode() for line in lines_of(ENTRIES)]
SIZE = sum(map(len, LINES))


def read(path: Path, size_bytes: int) -> tuple[list[Entry], list[tuple[Link, Link]]]:
    """All entries, and the links that each stretch begins and ends with."""
    entries: list[Entry] = []
    links = []
    for stretch in stretches_of(path, size_bytes):
        before = link_before(path, stretch)
        entries += entries_in(path, stretch, before)
        links.append((before, (entries[-1].sequence, entries[-1].digest)))
    return entries, links


@pytest.mark.parametrize("size_bytes", [1, 100, len(LINES[0]), len(LINES[0]) + 1, 1000, SIZE])
def test_every_entry_is_in_one_stretch_and_each_goes_on_from_the_last(
    size_bytes: int, tmp_path: Path
) -> None:
    write_ndjson(ENTRIES, tmp_path / "journal.ndjson")

    entries, links = read(tmp_path / "journal.ndjson", size_bytes)

    assert entries == ENTRIES
    assert [before for before, _ in links] == [(0, GENESIS), *(last for _, last in links[:-1])]


def test_a_file_is_read_in_about_as_many_stretches_as_fit(tmp_path: Path) -> None:
    write_ndjson(ENTRIES, tmp_path / "journal.ndjson")

    counts = [len(stretches_of(tmp_path / "journal.ndjson", SIZE // n + 1)) for n in (1, 2, 5)]

    assert counts == [1, 2, 5]


@pytest.mark.parametrize("end", [b"\n", b""], ids=["whole", "without its last newline"])
@pytest.mark.parametrize("lines", [[], LINES[:1], LINES[:2]], ids=len)
def test_a_file_of_few_lines_is_read_as_well(
    lines: list[bytes], end: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "journal.ndjson"
    path.write_bytes(b"".join(lines).rstrip(b"\n") + (end if lines else b""))

    stretches = stretches_of(path, 1)
    entries = [one for each in stretches for one in entries_in(path, each, link_before(path, each))]

    assert entries == ENTRIES[: len(lines)]


def test_a_stretch_of_another_journal_does_not_go_on_from_this_one(tmp_path: Path) -> None:
    path = tmp_path / "journal.ndjson"
    others = [line.encode() for line in lines_of(marks(13)[1:])]
    path.write_bytes(b"".join(LINES[:6] + others[6:]))

    with pytest.raises(Broken, match="entry 7 is broken"):
        read(path, 1)


@pytest.mark.parametrize(
    ("line", "error"), [(b"{}\n", JournalUnreadable), (b'{"sequence"\n', JournalUnreadable)]
)
def test_a_stretch_does_not_begin_behind_what_is_no_entry(
    line: bytes, error: type[Exception], tmp_path: Path
) -> None:
    path = tmp_path / "journal.ndjson"
    path.write_bytes(LINES[0] + line + b"".join(LINES[2:]))

    with pytest.raises(error):
        link_before(path, stretches_of(path, 1)[1])


def test_a_stretch_does_not_begin_behind_a_digest_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "journal.ndjson"
    path.write_bytes(b"".join(LINES).replace(ENTRIES[1].digest.encode(), b"0x1"))

    with pytest.raises(Broken, match="digest must be 64 hexadecimal digits"):
        link_before(path, stretches_of(path, 1)[1])
