"""One file that holds a whole sandbox: what no journal tells, in its first line, and the journal.

`verify.py` proves it as it proves any journal, and `restore` makes the sandbox of it, here or on
another machine. The first line holds secrets, and says which: keep the file as you keep a key.
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from simulator.journal.entry import JournalUnreadable
from simulator.journal.sqlite import SandboxSecrets
from simulator.journal.verify import (
    SNAPSHOT_FORMAT,
    Broken,
    Chain,
    Line,
    digest_of_head,
    head_of_snapshot,
    parse_line,
)

OF_ONE_STORE = ("sandbox", "salt_key")
"""Fields of the secrets that do not travel: the name is no secret, and a copy salts anew."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a snapshot: `entries` and `head` are the journal's."""

    secrets: SandboxSecrets
    entries: int
    head: str
    sandbox_at: datetime
    """The sandbox's time when the snapshot was taken; a restored sandbox goes on from it."""

    def line(self) -> str:
        """As it stands in the file, its newline included."""
        value: dict[str, Any] = {
            "snapshot": SNAPSHOT_FORMAT,
            "sandbox": self.secrets.sandbox,
            "entries": self.entries,
            "head": self.head,
            "sandbox_at": self.sandbox_at.isoformat(),
            "secrets": {
                field.name: _as_json(getattr(self.secrets, field.name))
                for field in fields(SandboxSecrets)
                if field.name not in OF_ONE_STORE
            },
        }
        return json.dumps({**value, "digest": digest_of_head(value)}) + "\n"


def read_snapshot(path: Path) -> tuple[Head, list[Line]]:
    """What a snapshot holds, all of it checked.

    Raises Broken for one that was altered or cut off, NewerFormat for one of a newer version, and
    JournalUnreadable for a file that is none.
    """
    with path.open("rb") as file:
        told = head_of_snapshot(file.readline())
        if told is None:
            raise JournalUnreadable(
                "the file is no snapshot: its first line is not the head of one;"
                " a journal alone holds no keys, so no sandbox can go on from it"
            )
        chain, lines = Chain(), []
        for text in file:
            try:
                line = parse_line(text)
            except ValueError as error:
                raise Broken(chain.sequence + 1, str(error)) from None
            chain.take(line)
            lines.append(line)
    if (chain.sequence, chain.head) != (told["entries"], told["head"]):
        raise Broken(
            chain.sequence + 1,
            f"the head of the snapshot tells of {told['entries']} entries ending in"
            f" {told['head']}, but there are {chain.sequence} ending in {chain.head}",
        )
    return _head_of(told), lines


def _head_of(told: dict[str, Any]) -> Head:
    try:
        bytes_of = {field.name: field.type in (bytes, "bytes") for field in fields(SandboxSecrets)}
        secrets: dict[str, Any] = {
            name: b64decode(value, validate=True) if bytes_of[name] else value
            for name, value in told["secrets"].items()
        }
        return Head(
            SandboxSecrets(sandbox=told["sandbox"], **secrets),
            told["entries"],
            told["head"],
            datetime.fromisoformat(told["sandbox_at"]),
        )
    except (LookupError, TypeError, ValueError, NotBase64) as error:
        raise JournalUnreadable(
            f"the head of the snapshot is none that this version knows ({error!r});"
            " use the version of reinspect that wrote it"
        ) from error


def _as_json(value: str | bytes) -> str:
    return b64encode(value).decode() if isinstance(value, bytes) else value
