"""One entry of the journal: a record sealed with both times, a salt, and a digest that chains it.

Entries carry the version of their format. Older ones are upgraded on reading, newer ones refused
by name.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from simulator.journal import records
from simulator.journal.records import Record
from simulator.journal.verify import (
    FORMAT,
    GENESIS,
    Line,
    NewerFormat,
    chained,
    digest_of_content,
)

__all__ = [
    "FORMAT",
    "GENESIS",
    "UPGRADES",
    "Entry",
    "JournalUnreadable",
    "NewerFormat",
    "restore",
    "seal",
    "upgraded",
]

UPGRADES: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From a format to the step that makes of its contents those of the next; format 1 is the first."""


class JournalUnreadable(Exception):
    """A journal that cannot be read; the message says where, what is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a sandbox's world. `content` is the text that was digested, byte for byte."""

    sequence: int
    kind: str
    wall_at: datetime
    sandbox_at: datetime
    content: str
    salt: str
    content_digest: str
    digest: str
    _record: Record | None = field(default=None, repr=False, compare=False)
    _parsed: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)
    """The content as its chain found it, until the record is made of it."""

    @property
    def record(self) -> Record:
        """What the entry says; read from its content when it is first asked for."""
        record = self._record
        if record is None:
            record = _record_of(self)
            object.__setattr__(self, "_record", record)
            object.__setattr__(self, "_parsed", None)
        return record


def seal(
    previous_digest: str,
    sequence: int,
    record: Record,
    wall_at: datetime,
    sandbox_at: datetime,
    salt: str,
) -> Entry:
    """The entry that says `record`, chained to the entry whose digest is `previous_digest`."""
    content = _text_of(
        {
            "format": FORMAT,
            "sequence": sequence,
            "kind": record.kind,
            "wall_at": wall_at.isoformat(),
            "sandbox_at": sandbox_at.isoformat(),
            "body": records.to_json(record),
        }
    )
    content_digest = digest_of_content(salt, content)
    digest = chained(previous_digest, content_digest)
    return Entry(
        sequence, record.kind, wall_at, sandbox_at, content, salt, content_digest, digest, record
    )


def restore(line: Line, content: Mapping[str, Any] | None) -> Entry:
    """The entry kept as `line`; `content` is what its chain found in it, `None` if redacted."""
    if line.content is None or line.salt is None or content is None:
        raise JournalUnreadable(
            f"entry {line.sequence} was redacted: the journal can be verified, but not judged;"
            " judge the complete journal"
        )
    try:
        wall_at = datetime.fromisoformat(content["wall_at"])
        sandbox_at = datetime.fromisoformat(content["sandbox_at"])
    except (LookupError, TypeError, ValueError) as error:
        raise _not_a_record(line.sequence, line.kind, error) from error
    return Entry(
        line.sequence,
        line.kind,
        wall_at,
        sandbox_at,
        line.content,
        line.salt,
        line.content_digest,
        line.digest,
        _parsed=content,
    )


def upgraded(
    content: dict[str, Any],
    *,
    to: int = FORMAT,
    steps: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = UPGRADES,
) -> dict[str, Any]:
    """The content in format `to`, one step at a time; LookupError for a format that never was."""
    while content["format"] < to:
        version = content["format"]
        content = {**steps[version](content), "format": version + 1}
    return content


def _record_of(entry: Entry) -> Record:
    try:
        content = upgraded(dict(entry._parsed or json.loads(entry.content)))
        return records.from_json(entry.kind, content["body"])
    except (LookupError, ValidationError) as error:
        raise _not_a_record(entry.sequence, entry.kind, error) from error


def _not_a_record(sequence: int, kind: str, error: Exception) -> JournalUnreadable:
    return JournalUnreadable(
        f"entry {sequence} is no record of kind {kind!r} that this version knows ({error});"
        " use the version of reinspect that wrote it"
    )


_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)
_CANONICAL_ASCII = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def _text_of(content: dict[str, Any]) -> str:
    """Canonical JSON. A lone surrogate, which a sender can escape into JSON, has no UTF-8: only an
    entry with one is written in ASCII, escaped as it came."""
    text = _CANONICAL.encode(content)
    try:
        text.encode()
    except UnicodeEncodeError:
        return _CANONICAL_ASCII.encode(content)
    return text
