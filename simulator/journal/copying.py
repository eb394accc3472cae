"""A copy of a journal under another sandbox's name, from which that sandbox goes on by itself.

The contents stay as they were, byte for byte, with their salts, so that each entry of the copy can
be held against the original. Only the first entry, which names the sandbox, is written anew where
the name differs, and so is the chain. The last entry of a copy says what it was copied from.

A journal that comes from elsewhere is copied line by line, each one checked (`copy_of`). One that
lies in the same store is not copied at all: only its chain is made anew here (`chained_anew`).
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from simulator.journal.entry import Entry, JournalUnreadable, restore, seal
from simulator.journal.records import Copied, Opened
from simulator.journal.verify import GENESIS, Broken, Line, chained, digest_of_content


def copy_of(
    lines: Iterable[Line],
    *,
    id: str,
    by: str,
    wall_at: datetime,
    sandbox_at: datetime | None,
    salt: Callable[[int], str],
) -> list[Entry | Line]:
    """The journal of the sandbox `id`; raises Broken for a line that is not as it was written.

    It goes on at `sandbox_at`, or, where that is `None`, at the time of the last line.
    """
    copy: list[Entry | Line] = []
    origin, head, head_there = "", GENESIS, GENESIS
    for line in lines:
        _check(line, len(copy) + 1, head_there)
        head_there = line.digest
        if copy:
            copy.append(_chained_to(head, line))
        else:
            genesis, origin = _renamed(line, id, salt)
            copy.append(genesis)
        head = copy[-1].digest
    if not copy:
        raise JournalUnreadable("there is nothing to copy: the journal is empty")
    goes_on_at = sandbox_at or _sandbox_time_of(copy[-1])
    record = Copied(by=by, origin=origin, entries=len(copy), head=head_there)
    sequence = len(copy) + 1
    copy.append(seal(head, sequence, record, wall_at, goes_on_at, salt(sequence)))
    return copy


@dataclass(frozen=True, slots=True)
class NewChain:
    """What of a copy is not its original's: the first entry, and the last. The digests of those
    between follow from the first."""

    genesis: Entry
    last: Entry


def chained_anew(
    first: Line,
    content_digests: Sequence[str],
    *,
    head: str,
    id: str,
    by: str,
    wall_at: datetime,
    sandbox_at: datetime,
    salt: Callable[[int], str],
) -> NewChain:
    """The chain of a copy under the name `id`, which is another; `content_digests` are those of the
    entries after the first, and `head` is what they must come to in the original.

    Raises Broken where they do not. Whether each content fits its digest is left to whoever reads
    it, in the copy as in the original.
    """
    genesis, origin = _renamed(first, id, salt)
    assert isinstance(genesis, Entry), "a copy in the same store has another name"
    there, here = bytes.fromhex(first.digest), bytes.fromhex(genesis.digest)
    for content in map(bytes.fromhex, content_digests):
        there = hashlib.sha256(there + content).digest()
        here = hashlib.sha256(here + content).digest()
    entries = 1 + len(content_digests)
    if there.hex() != head:
        raise Broken(entries, "the journal on disk is not the one that was written")
    record = Copied(by=by, origin=origin, entries=entries, head=head)
    last = seal(here.hex(), entries + 1, record, wall_at, sandbox_at, salt(entries + 1))
    return NewChain(genesis, last)


def _chained_to(head: str, line: Line) -> Line:
    digest = chained(head, line.content_digest)
    return Line(line.sequence, line.kind, line.salt, line.content, line.content_digest, digest)


def _check(line: Line, due: int, previous_digest: str) -> None:
    """As the verifier does, but for what only its reader can see in a content."""
    if line.sequence != due:
        raise Broken(due, f"entry {line.sequence} stands in its place")
    if line.content is None or line.salt is None:
        raise JournalUnreadable(
            f"entry {due} was redacted: nobody can go on from it; copy the complete journal"
        )
    sealed = digest_of_content(line.salt, line.content)
    if sealed != line.content_digest or chained(previous_digest, sealed) != line.digest:
        raise Broken(due, "it was altered, or an entry before it was")


def _renamed(line: Line, id: str, salt: Callable[[int], str]) -> tuple[Entry | Line, str]:
    """The first entry under the name `id`, and the name that it had."""
    assert line.content is not None
    genesis = restore(line, json.loads(line.content))
    opened = genesis.record
    if not isinstance(opened, Opened):
        raise JournalUnreadable("the journal does not start with the opening of a sandbox")
    if opened.sandbox == id:
        return line, id
    anew = seal(
        GENESIS, 1, replace(opened, sandbox=id), genesis.wall_at, genesis.sandbox_at, salt(1)
    )
    return anew, opened.sandbox


def _sandbox_time_of(line: Entry | Line) -> datetime:
    if isinstance(line, Entry):
        return line.sandbox_at
    return datetime.fromisoformat(json.loads(line.content or "")["sandbox_at"])
