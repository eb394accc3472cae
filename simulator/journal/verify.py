"""Proves that a journal is whole: no entry altered, deleted, reordered, inserted or cut off.

It needs the standard library and this one file, so that an auditor can read it in one sitting and
run it anywhere:

    python verify.py journal.ndjson --entries 1234 --head 9f86d081…

Each line of a journal is one entry. Its content digest is SHA-256(salt ‖ content), and its digest
is SHA-256(previous digest ‖ content digest), so that every digest vouches for all entries before
it. The chain alone cannot show that its end was cut off or written anew: give the number of entries
or the head that you were told. A snapshot says both in a line of its own before the entries.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = 1
"""The newest format of an entry that this version can read."""

SNAPSHOT_FORMAT = 1
"""The newest format of a snapshot's first line that this version can read."""

GENESIS = "00" * 32
"""What the first entry chains to."""

_SALT = re.compile(r"[0-9a-f]{32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
Loads = Callable[[str | bytes], Any]


class Broken(Exception):
    """The journal is not what was written: `sequence` is the first entry that cannot be trusted."""

    def __init__(self, sequence: int, reason: str) -> None:
        super().__init__(sequence, reason)
        self.sequence = sequence
        self.reason = reason

    def __str__(self) -> str:
        where = f"entry {self.sequence}" if self.sequence else "the head of the snapshot"
        return f"{where} is broken: {self.reason}"


class NewerFormat(Exception):
    """An entry that a newer version wrote; to guess at it would be worse than to refuse."""


class Line(NamedTuple):
    """One entry as it is kept. Salt and content are both `None` where the entry was redacted."""

    sequence: int
    kind: str
    salt: str | None
    content: str | None
    content_digest: str
    digest: str


_FIELDS = frozenset(Line._fields)


@dataclass(frozen=True, slots=True)
class Verified:
    """A whole journal: how many entries it has, and the digest that vouches for them all."""

    entries: int
    head: str
    redacted: int = 0
    """Entries whose content was dropped: they keep their place, but cannot be judged again."""
    secrets: tuple[str, ...] = ()
    """What a snapshot holds besides, by name: whoever has the file can act as the regulator."""


def verify(
    lines: Iterable[str | bytes],
    *,
    expected_entries: int | None = None,
    expected_head: str | None = None,
) -> Verified:
    """The journal's size and head; raises Broken for the first entry that is not as written."""
    chain = Chain()
    redacted = 0
    ending = Ending(expected_entries, expected_head)
    secrets: tuple[str, ...] = ()
    for number, text in enumerate(lines):
        told = head_of_snapshot(text) if number == 0 else None
        if told is not None:
            entries = told["entries"] if expected_entries is None else expected_entries
            ending = Ending(entries, expected_head or told["head"])
            secrets = tuple(told["secrets"])
            continue
        try:
            line = parse_line(text)
        except ValueError as error:
            raise Broken(chain.sequence + 1, str(error)) from None
        redacted += chain.take(line) is None
        ending.see(chain)
    ending.check(chain)
    return Verified(chain.sequence, chain.head, redacted, secrets)


class Ending:
    """Where a journal must end, as far as it was told: by how many entries, and with which head."""

    def __init__(self, entries: int | None = None, head: str | None = None) -> None:
        self._entries = entries
        self._head = head
        self._head_seen_at: int | None = None

    def see(self, chain: "Chain") -> None:
        """Is shown the chain after each entry."""
        if chain.head == self._head:
            self._head_seen_at = chain.sequence

    def check(self, chain: "Chain") -> None:
        """Raises Broken for a whole journal that does not end there."""
        _check_size(chain, self._entries)
        if self._head is not None:
            _check_head(chain, self._head, self._head_seen_at)


def _check_size(chain: "Chain", expected: int | None) -> None:
    last = chain.sequence
    if last == 0:
        raise Broken(1, "the journal is empty")
    if expected is not None and last < expected:
        raise Broken(last + 1, f"it is missing: {expected} entries were expected, not {last}")
    if expected is not None and last > expected:
        raise Broken(expected + 1, f"it was added: {expected} entries were expected, not {last}")


def _check_head(chain: "Chain", expected: str, seen_at: int | None) -> None:
    if seen_at is None:
        raise Broken(
            chain.sequence,
            f"the journal ends here with the head {chain.head}, but {expected} was expected:"
            " its end was cut off or written anew",
        )
    if seen_at < chain.sequence:
        raise Broken(seen_at + 1, f"it was added after the expected head {expected}")


class Chain:
    """Follows a journal entry by entry; `sequence` and `head` are those of the last one taken."""

    def __init__(
        self, sequence: int = 0, head: str = GENESIS, *, loads: Loads = json.loads
    ) -> None:
        """`loads` reads JSON; one that is faster must find the same in it."""
        self.sequence = sequence
        self.head = head
        self._loads = loads

    @classmethod
    def after(cls, line: Line, *, loads: Loads = json.loads) -> "Chain":
        """The chain behind an entry that is taken at its word: whoever proves what leads to it
        vouches for it. Broken where it has no form to be taken."""
        try:
            _check_form(line)
        except ValueError as error:
            raise Broken(line.sequence, str(error)) from None
        return cls(line.sequence, line.digest, loads=loads)

    def take(self, line: Line) -> dict[str, Any] | None:
        """The content of the next entry, `None` if redacted; raises Broken if it is not that."""
        due = self.sequence + 1
        try:
            _check_form(line)
        except ValueError as error:
            raise Broken(due, str(error)) from None
        if line.sequence != due:
            raise Broken(
                due,
                f"entry {line.sequence} stands in its place:"
                " an entry was deleted, inserted or moved here",
            )
        content = _checked_content(line, self._loads)
        digest = chained(self.head, line.content_digest)
        if digest != line.digest:
            raise Broken(
                due,
                f"its digest is {line.digest}, but {digest} follows from the entries before it:"
                " an entry was altered, deleted, inserted or moved here",
            )
        self.sequence, self.head = due, digest
        return content


def _checked_content(line: Line, loads: Loads) -> dict[str, Any] | None:
    """What the entry says, once it is shown to be what was sealed under the label that it bears."""
    if line.content is None or line.salt is None:
        return None
    digest = digest_of_content(line.salt, line.content)
    if digest != line.content_digest:
        raise Broken(
            line.sequence,
            f"its content was altered: {line.content_digest} was sealed, but this is {digest}",
        )
    try:
        content = loads(line.content)
        sealed_as = ("sequence", content["sequence"]), ("kind", content["kind"])
        newer = content["format"] > FORMAT
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise Broken(line.sequence, f"its content is not an entry's ({error!r})") from None
    if newer:
        raise NewerFormat(
            f"entry {line.sequence} has format {content['format']}, but this version reads up to"
            f" {FORMAT}; use the version of reinspect that wrote it, or a newer one"
        )
    for name, sealed in sealed_as:
        if sealed != getattr(line, name):
            raise Broken(
                line.sequence,
                f"its {name} reads {getattr(line, name)!r}, but {sealed!r} was sealed",
            )
    return dict(content)


def digest_of_content(salt: str, content: str) -> str:
    """SHA-256 over salt and content: without its salt nobody can try what a content may be."""
    return hashlib.sha256(bytes.fromhex(salt) + content.encode()).hexdigest()


def chained(previous_digest: str, content_digest: str) -> str:
    """SHA-256 over the digest of the entry before and this entry's content digest."""
    return hashlib.sha256(
        bytes.fromhex(previous_digest) + bytes.fromhex(content_digest)
    ).hexdigest()


def head_of_snapshot(text: str | bytes) -> dict[str, Any] | None:
    """What the first line of a snapshot says of the entries below it; `None` for any other line.

    Raises Broken where it was altered, NewerFormat where a newer version wrote it.
    """
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or "snapshot" not in told:
        return None
    if type(told["snapshot"]) is int and told["snapshot"] > SNAPSHOT_FORMAT:
        raise NewerFormat(
            f"the snapshot has format {told['snapshot']}, but this version reads up to"
            f" {SNAPSHOT_FORMAT}; use the version of reinspect that wrote it, or a newer one"
        )
    if told.pop("digest", None) != digest_of_head(told):
        raise Broken(0, "it was altered: its digest does not fit what it says")
    return told


def digest_of_head(told: dict[str, Any]) -> str:
    """SHA-256 over what the first line of a snapshot says, its digest left out."""
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def parse_line(text: str | bytes, *, loads: Loads = json.loads) -> Line:
    """One line of a journal file; ValueError says what is wrong with it."""
    try:
        value = loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the line is not JSON ({error})") from None
    if not isinstance(value, dict):
        raise ValueError(f"the line must be a JSON object, but is {type(value).__name__}")
    if value.keys() != _FIELDS:
        raise ValueError(
            f"the fields must be {', '.join(Line._fields)}, but are {', '.join(value) or 'none'}"
        )
    return Line(**value)


def _check_form(line: Line) -> None:
    """ValueError for a field that no writer of ours ever wrote like this."""
    if type(line.sequence) is not int or line.sequence < 1:
        raise ValueError(f"sequence must be a whole number from 1, but is {line.sequence!r}")
    if not isinstance(line.kind, str):
        raise ValueError(f"kind must be text, but is {line.kind!r}")
    if line.content is not None and not _is_text(line.content):
        raise ValueError(f"content must be UTF-8 text or null, but is {line.content!r:.100}")
    if line.salt is not None and not _is(_SALT, line.salt):
        raise ValueError(f"salt must be 32 hexadecimal digits or null, but is {line.salt!r}")
    if (line.salt is None) != (line.content is None):
        raise ValueError("redaction drops salt and content together, but one of them is there")
    for name, digest in (("content_digest", line.content_digest), ("digest", line.digest)):
        if not _is(_DIGEST, digest):
            raise ValueError(f"{name} must be 64 hexadecimal digits, but is {digest!r}")


def _is_text(value: object) -> bool:
    """Whether it has bytes to be digested: text with a lone surrogate has none."""
    try:
        return isinstance(value, str) and value.encode() is not None
    except UnicodeEncodeError:
        return False


def _is(form: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: whole. 1: broken, and the entry is named. 64: this version cannot read it."""
    parser = argparse.ArgumentParser(description="Proves that a journal is whole.")
    parser.add_argument("journal", type=Path, help="the journal, one entry a line (NDJSON)")
    parser.add_argument("--entries", type=int, help="how many entries it must have")
    parser.add_argument("--head", help="the digest that its last entry must have")
    asked = parser.parse_args(arguments)
    try:
        with asked.journal.open("rb") as lines:
            whole = verify(lines, expected_entries=asked.entries, expected_head=asked.head)
    except Broken as broken:
        print(f"{asked.journal}: {broken}", file=sys.stderr)
        return 1
    except (NewerFormat, OSError) as unreadable:
        print(f"{asked.journal}: {unreadable}", file=sys.stderr)
        return 64
    redacted = f", {whole.redacted} of them redacted" if whole.redacted else ""
    print(f"{asked.journal}: whole, {whole.entries} entries{redacted}, head {whole.head}")
    if whole.secrets:
        print(f"{asked.journal}: holds secrets: {', '.join(whole.secrets)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
