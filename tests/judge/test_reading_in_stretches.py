"""A journal file means the same, and is refused for the same reason, from one process and from
several."""

import os
from collections import deque
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from scenarios.judge import gathering, judge, judge_journal
from scenarios.judge.gathering import read, read_journal
from scenarios.judge.judgement import to_bytes
from scenarios.requirements import catalogue
from simulator.journal.entry import Entry, JournalUnreadable
from simulator.journal.ndjson import entries_of, to_line
from simulator.journal.verify import Broken, Ending, NewerFormat
from tests.judge.honest_journal import Size, honest_journal

LINES_IN_A_PIECE = 5
Lines = list[bytes]


@cache
def entries() -> tuple[Entry, ...]:
    return tuple(honest_journal(Size(payments=12, batch=3, people=4)))


def honest_lines() -> Lines:
    return [to_line(entry).encode() for entry in entries()]


@pytest.fixture
def _in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pieces, for two processes."""
    monkeypatch.setattr(gathering, "PIECE_BYTES", 4096)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


@pytest.fixture
def _from_no_front_to_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read but in pieces."""
    monkeypatch.setattr(gathering, "entries_of", None)


@pytest.mark.usefixtures("_in_several", "_from_no_front_to_back")
def test_a_whole_journal_is_judged_alike_from_one_process_and_from_several(tmp_path: Path) -> None:
    path = tmp_path / "journal.ndjson"
    path.write_bytes(b"".join(honest_lines()))
    ending = Ending(len(entries()), entries()[-1].digest)

    in_pieces = judge_journal(path, ending, catalogue())

    assert to_bytes(in_pieces) == to_bytes(judge(entries(), catalogue()))


@pytest.mark.usefixtures("_in_several", "_from_no_front_to_back")
def test_the_evidence_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "journal.ndjson"
    path.write_bytes(b"".join(honest_lines()))

    assert read_journal(path, Ending()) == read(entries())


def altered(lines: Lines, at: int) -> Lines:
    return [*lines[:at], lines[at].replace(b"2023", b"2024", 1), *lines[at + 1 :]]


def deleted(lines: Lines, at: int) -> Lines:
    return lines[:at] + lines[at + 1 :]


def swapped(lines: Lines, at: int) -> Lines:
    return [*lines[:at], *reversed(lines[at : at + 2]), *lines[at + 2 :]]


def twice(lines: Lines, at: int) -> Lines:
    return lines[: at + 1] + lines[at:]


def garbage(lines: Lines, at: int) -> Lines:
    return [*lines[:at], b"no entry\n", *lines[at + 1 :]]


def empty_line(lines: Lines, at: int) -> Lines:
    return [*lines[:at], b"\n", *lines[at:]]


def cut(lines: Lines, at: int) -> Lines:
    return lines[:at]


def torn(lines: Lines, at: int) -> Lines:
    return [*lines[:at], lines[at][:-20]]


def two_faults(lines: Lines, at: int) -> Lines:
    """The later one in the form of a line, which is noticed sooner than what it says."""
    return garbage(altered(lines, at), min(at + LINES_IN_A_PIECE, len(lines) - 1))


FAULTS = (altered, deleted, swapped, twice, garbage, empty_line, cut, torn, two_faults)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_in_the_same_words_wherever_it_is(
    fault: Callable[[Lines, int], Lines], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = honest_lines()
    monkeypatch.setattr(gathering, "PIECE_BYTES", LINES_IN_A_PIECE * len(lines[0]))
    monkeypatch.setattr(os, "cpu_count", lambda: 1)  # So many forks would take minutes.
    path = tmp_path / "journal.ndjson"
    for at in range(0, len(lines) - 1, 3):
        path.write_bytes(b"".join(fault(lines, at)))

        assert error_of(read_journal, path) == error_of(read_from_front_to_back, path)


@pytest.mark.usefixtures("_in_several")
def test_a_fault_is_told_in_the_same_words_by_several_processes(tmp_path: Path) -> None:
    path = tmp_path / "journal.ndjson"
    lines = honest_lines()
    path.write_bytes(b"".join(altered(lines, len(lines) // 2)))

    with pytest.raises(Broken, match=f"entry {len(lines) // 2 + 1} is broken: its content"):
        read_journal(path, Ending())


def test_a_journal_of_which_every_piece_is_whole_is_none_if_they_do_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the file had been exchanged between one piece and the next."""
    path = tmp_path / "journal.ndjson"
    path.write_bytes(b"".join(honest_lines()))
    monkeypatch.setattr(gathering, "PIECE_BYTES", 4096)
    monkeypatch.setattr(gathering, "link_before", lambda path, stretch: (0, "00" * 32))

    with pytest.raises((Broken, JournalUnreadable)):
        gathering._read_in_stretches(path, Ending())


def read_from_front_to_back(path: Path, ending: Ending) -> None:
    deque(entries_of(path, ending), maxlen=0)


def error_of(reading: Callable[[Path, Ending], object], path: Path) -> tuple[type, str] | None:
    """How the file was refused, if it was."""
    try:
        reading(path, Ending(len(entries()), entries()[-1].digest))
    except (Broken, JournalUnreadable, NewerFormat) as error:
        return type(error), str(error)
    return None
