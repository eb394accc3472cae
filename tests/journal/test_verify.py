"""The verifier names the first entry that is not as it was written, and passes what is."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.journal import verify as verifier
from simulator.journal.verify import (
    GENESIS,
    Broken,
    NewerFormat,
    Verified,
    chained,
    digest_of_content,
    main,
    verify,
)
from tests.journal.some_entries import lines_of, marks

ENTRIES = marks(6)
LINES = lines_of(ENTRIES)
HEAD = ENTRIES[-1].digest
bounded = settings(max_examples=60, derandomize=True, database=None, deadline=None)


def broken(lines: list[str], **expected: Any) -> Broken:
    """What the verifier says of lines that it must not pass."""
    with pytest.raises(Broken) as refusal:
        verify(lines, **expected)
    return refusal.value


def changed(line: str, **fields: object) -> str:
    return json.dumps({**json.loads(line), **fields})


def resealed(line: str, content: str) -> str:
    """The line with another content and its digest, as a forger who has the salt would write it."""
    digest = digest_of_content(json.loads(line)["salt"], content)
    return changed(line, content=content, content_digest=digest)


def test_a_whole_journal_is_verified() -> None:
    assert verify(LINES) == Verified(6, HEAD)
    assert verify(LINES, expected_entries=6, expected_head=HEAD) == Verified(6, HEAD)


@bounded
@given(st.data())
def test_any_altered_field_of_any_entry_is_named(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, 5))
    field = data.draw(st.sampled_from(["sequence", "kind", "salt", "content", "digest"]))
    value = json.loads(LINES[number])[field]
    other = value + 1 if isinstance(value, int) else value.translate({ord("a"): "b", ord("0"): "1"})
    lines = [*LINES[:number], changed(LINES[number], **{field: other}), *LINES[number + 1 :]]

    assert broken(lines).sequence == number + 1


@bounded
@given(st.integers(0, 4))
def test_a_deleted_entry_is_named(number: int) -> None:
    assert broken(LINES[:number] + LINES[number + 1 :]).sequence == number + 1


@bounded
@given(st.permutations(range(6)).filter(lambda order: order != sorted(order)))
def test_the_first_entry_out_of_order_is_named(order: list[int]) -> None:
    first = next(place for place, number in enumerate(order) if place != number)

    assert broken([LINES[number] for number in order]).sequence == first + 1


@bounded
@given(st.integers(0, 6), st.integers(0, 5))
def test_an_inserted_entry_is_named(place: int, number: int) -> None:
    lines = [*LINES[:place], LINES[number], *LINES[place:]]

    assert broken(lines).sequence == (place + 1 if place != number else place + 2)


def test_an_entry_renumbered_after_a_deletion_is_named() -> None:
    lines = [*LINES[:2], changed(LINES[3], sequence=3)]

    assert str(broken(lines)) == "entry 3 is broken: its sequence reads 3, but 4 was sealed"


def test_a_content_sealed_anew_breaks_the_chain() -> None:
    content = json.loads(LINES[2])["content"].replace('"number":2', '"number":9')
    refusal = broken([*LINES[:2], resealed(LINES[2], content), *LINES[3:]])

    assert refusal.sequence == 3
    assert "follows from the entries before it" in refusal.reason


@bounded
@given(st.integers(0, 5))
def test_a_journal_cut_short_is_named_by_an_expected_size_or_head(kept: int) -> None:
    assert broken(LINES[:kept], expected_entries=6).sequence == kept + 1
    assert broken(LINES[:kept], expected_head=HEAD).sequence == max(kept, 1)


def test_entries_added_at_the_end_are_named_by_an_expected_size_or_head() -> None:
    earlier = ENTRIES[3].digest

    assert broken(LINES, expected_entries=4).sequence == 5
    assert broken(LINES, expected_head=earlier).sequence == 5


def test_an_end_written_anew_is_named_by_the_expected_head() -> None:
    content = json.loads(LINES[5])["content"].replace('"number":5', '"number":7')
    forged = json.loads(resealed(LINES[5], content))
    forged["digest"] = chained(ENTRIES[4].digest, forged["content_digest"])
    lines = [*LINES[:5], json.dumps(forged)]

    assert verify(lines).entries == 6
    assert "written anew" in broken(lines, expected_entries=6, expected_head=HEAD).reason


def test_an_empty_journal_is_broken() -> None:
    assert str(broken([])) == "entry 1 is broken: the journal is empty"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "the line is not JSON"),
        (LINES[0][:90], "the line is not JSON"),
        ("[" * 100_000, "the line is not JSON"),
        ("7", "the line must be a JSON object, but is int"),
        ('{"sequence": 1}', "the fields must be sequence, kind, salt"),
        (changed(LINES[0], note="hidden"), "the fields must be sequence, kind, salt"),
        (changed(LINES[0], sequence=True), "sequence must be a whole number from 1"),
        (changed(LINES[0], kind=None), "kind must be text"),
        (changed(LINES[0], salt="xyz"), "salt must be 32 hexadecimal digits"),
        (changed(LINES[0], content="\ud800"), "content must be UTF-8 text"),
        (changed(LINES[0], content=None), "redaction drops salt and content together"),
        (changed(LINES[0], digest=7), "digest must be 64 hexadecimal digits"),
        (resealed(LINES[0], "no JSON"), "its content is not an entry's"),
        (resealed(LINES[0], "[]"), "its content is not an entry's"),
        (resealed(LINES[0], '{"kind":"staged","sequence":1}'), "its content is not an entry's"),
    ],
)
def test_a_line_that_is_no_entry_is_named_with_its_reason(line: str, reason: str) -> None:
    refusal = broken([line, *LINES[1:]])

    assert refusal.sequence == 1
    assert refusal.reason.startswith(reason)


def test_a_redacted_entry_keeps_its_place() -> None:
    redacted = changed(LINES[1], salt=None, content=None)

    assert verify([LINES[0], redacted, *LINES[2:]]) == Verified(6, HEAD, redacted=1)


def test_a_newer_format_is_refused_by_name_and_not_called_broken() -> None:
    content = json.loads(LINES[0])["content"].replace('"format":1', '"format":2')

    with pytest.raises(NewerFormat, match="entry 1 has format 2"):
        verify([resealed(LINES[0], content)])


def test_the_verifier_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(Path(verifier.__file__).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert imported <= sys.stdlib_module_names


def test_the_verifier_runs_as_one_lonely_file(tmp_path: Path) -> None:
    lonely = tmp_path / "verify.py"
    lonely.write_bytes(Path(verifier.__file__).read_bytes())
    (tmp_path / "journal.ndjson").write_text("".join(LINES), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "journal.ndjson", "--entries", "6"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (
        0,
        f"journal.ndjson: whole, 6 entries, head {HEAD}\n",
    )


@pytest.mark.parametrize(
    ("spoil", "exit_code", "told"),
    [
        (lambda text: text, 0, ""),
        (lambda text: text.replace("number", "lumber", 1), 1, "entry 1 is broken"),
        (lambda text: "", 1, "the journal is empty"),
    ],
)
def test_the_exit_code_tells_the_kind(
    spoil: Callable[[str], str],
    exit_code: int,
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    journal = tmp_path / "journal.ndjson"
    journal.write_text(spoil("".join(LINES)), encoding="utf-8")

    assert main([str(journal)]) == exit_code
    assert told in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "nowhere")]) == 64
    assert "nowhere" in capsys.readouterr().err


def test_the_first_entry_chains_to_32_zero_bytes() -> None:
    assert bytes.fromhex(GENESIS) == bytes(32)
