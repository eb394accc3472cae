"""A journal survives the way through a file; a file that is no journal is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.journal.entry import Entry
from simulator.journal.ndjson import JournalUnreadable, read_ndjson, write_ndjson
from simulator.journal.records import Staged
from simulator.journal.verify import Broken
from tests.journal.some_entries import entries_of, lines_of, marks

ENTRIES = marks(3)


def test_what_was_written_reads_back(tmp_path: Path) -> None:
    entries = entries_of(
        [Staged("action", facts={"text": text}) for text in ("plain", "线\u2028\r\n\x00", "\ud800")]
    )
    write_ndjson(entries, tmp_path / "journal.ndjson")

    read = read_ndjson(tmp_path / "journal.ndjson")

    assert read == entries
    assert [entry.record for entry in read] == [entry.record for entry in entries]


def test_an_interrupted_export_leaves_the_former_file(tmp_path: Path) -> None:
    def interrupted() -> Iterator[Entry]:
        yield ENTRIES[0]
        raise InterruptedError

    journal = tmp_path / "journal.ndjson"
    write_ndjson(ENTRIES, journal)
    with pytest.raises(InterruptedError):
        write_ndjson(interrupted(), journal)

    assert read_ndjson(journal) == ENTRIES


def test_a_torn_line_is_named_with_a_remedy(tmp_path: Path) -> None:
    journal = tmp_path / "journal.ndjson"
    journal.write_text("".join(lines_of(ENTRIES))[:-40], encoding="utf-8")

    with pytest.raises(JournalUnreadable, match=r"journal\.ndjson, line 3: .* export the journal"):
        read_ndjson(journal)


def test_an_altered_entry_is_named(tmp_path: Path) -> None:
    journal = tmp_path / "journal.ndjson"
    text = "".join(lines_of(ENTRIES)).replace(r"\"number\":1", r"\"number\":2")
    journal.write_text(text, encoding="utf-8")

    with pytest.raises(Broken, match="entry 2 is broken: its content was altered"):
        read_ndjson(journal)


def test_a_redacted_journal_cannot_be_judged(tmp_path: Path) -> None:
    journal = tmp_path / "journal.ndjson"
    line = {
        "sequence": 1,
        "kind": "staged",
        "salt": None,
        "content": None,
        "content_digest": ENTRIES[0].content_digest,
        "digest": ENTRIES[0].digest,
    }
    journal.write_text(str(line).replace("'", '"').replace("None", "null"), encoding="utf-8")

    with pytest.raises(JournalUnreadable, match="entry 1 was redacted"):
        read_ndjson(journal)


def test_a_file_that_is_empty_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    with pytest.raises(JournalUnreadable, match="empty is empty"):
        read_ndjson(tmp_path / "empty")
    with pytest.raises(JournalUnreadable, match="No such file"):
        read_ndjson(tmp_path / "nowhere")
