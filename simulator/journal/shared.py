"""Entries that a copy has from its origin stand once, under the name of their holder, with the
digest that they have there. The copy's own digests follow from its first entry.

Here the rows are found and put away; nothing else knows that an entry may have several owners.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from functools import reduce

from simulator.journal.database import Statement
from simulator.journal.verify import GENESIS, Broken, Line, chained

_HELD = "FROM shared WHERE sandbox = :sandbox AND first <= :after + 1 AND last > :after"
_PAGE = f"""
    SELECT sequence, kind, salt, content, content_digest, digest, sandbox FROM entries
    WHERE sandbox = coalesce((SELECT holder {_HELD}), :sandbox)
    AND sequence > :after
    AND sequence <= coalesce(
        (SELECT last {_HELD}),
        (SELECT min(first) - 1 FROM shared WHERE sandbox = :sandbox AND first > :after),
        {2**63 - 1}
    )
    ORDER BY sequence LIMIT 500
"""
"""The entries after one, as far as they have one holder: its own, or those of an origin."""
_FIRST = (
    "SELECT sequence, kind, salt, content, content_digest, digest FROM entries"
    " WHERE sandbox = ? AND sequence = 1"
)
_CONTENT_DIGESTS = """
    SELECT sequence, content_digest FROM entries
    WHERE sandbox = :sandbox AND sequence BETWEEN 2 AND :until
    UNION ALL
    SELECT sequence, content_digest FROM shared JOIN entries
    ON entries.sandbox = holder AND sequence BETWEEN first AND min(last, :until)
    WHERE shared.sandbox = :sandbox
    ORDER BY sequence
"""
_INHERIT = """
    INSERT INTO shared SELECT :copy, first, min(last, :until), holder FROM shared
    WHERE sandbox = :origin AND first <= :until
"""
_SHARE = """
    INSERT INTO shared SELECT :copy, first, :until, :origin FROM (
        SELECT coalesce(max(last) + 1, 2) AS first FROM shared WHERE sandbox = :origin
    ) WHERE first <= :until
"""
_DELETION = (
    # What copies hold too stays, under a name that no sandbox can have.
    """
    UPDATE entries SET sandbox = :heir WHERE sandbox = :sandbox
    AND sequence BETWEEN 2 AND (SELECT max(last) FROM shared WHERE holder = :sandbox)
    """,
    "UPDATE shared SET holder = :heir WHERE holder = :sandbox",
    "DELETE FROM entries WHERE sandbox = :sandbox",
    # And goes with the last copy.
    """
    DELETE FROM entries WHERE sandbox IN (
        SELECT holder FROM shared WHERE sandbox = :sandbox AND holder LIKE '%/%'
        EXCEPT SELECT holder FROM shared WHERE sandbox <> :sandbox
    )
    """,
    "DELETE FROM shared WHERE sandbox = :sandbox",
    "DELETE FROM sandboxes WHERE sandbox = :sandbox",
)


def sharing(origin: str, copy: str, until: int) -> list[Statement]:
    """What makes all entries of `origin` up to `until`, but for the first, the copy's too."""
    names: dict[str, str | int] = {"copy": copy, "origin": origin, "until": until}
    return [(_INHERIT, names), (_SHARE, names)]


def deletion(sandbox: str) -> list[Statement]:
    """What forgets a sandbox: its secrets, and its entries as far as no copy holds them."""
    names: dict[str, str | int] = {
        "sandbox": sandbox,
        "heir": f"{sandbox}/{secrets.token_hex(8)}",
    }
    return [(sql, names) for sql in _DELETION]


def first_line(reader: sqlite3.Connection, sandbox: str) -> Line | None:
    """The first entry, which is always the sandbox's own; `None` where there is none."""
    row = reader.execute(_FIRST, (sandbox,)).fetchone()
    return None if row is None else Line(*row)


def lines_after(
    reader: sqlite3.Connection, sandbox: str, after: int, head: str = GENESIS
) -> Iterator[Line]:
    """The entries after `after`, whose digest is `head`, page by page; what is shared with the
    digest that it must have here. Raises Broken where what is shared has gone."""
    while page := reader.execute(_PAGE, {"sandbox": sandbox, "after": after}).fetchall():
        for after, kind, salt, content, content_digest, digest, holder in page:
            head = digest if holder == sandbox else chained(head, content_digest)
            yield Line(after, kind, salt, content, content_digest, head)
    gone = "SELECT 1 FROM shared WHERE sandbox = ? AND last > ?"
    if reader.execute(gone, (sandbox, after)).fetchone() is not None:
        raise Broken(after + 1, "it is missing, but entries after it are there")


def content_digests(reader: sqlite3.Connection, sandbox: str, until: int) -> list[str]:
    """Those of the entries from the second to `until`."""
    rows = reader.execute(_CONTENT_DIGESTS, {"sandbox": sandbox, "until": until})
    return [digest for _, digest in rows]


def digest_at(reader: sqlite3.Connection, sandbox: str, sequence: int) -> str:
    """The digest that the entry after `sequence` chains to."""
    if sequence == 0:
        return GENESIS
    own = "SELECT digest FROM entries WHERE sandbox = ? AND sequence = ?"
    row = reader.execute(own, (sandbox, sequence)).fetchone()
    if row is not None:
        return str(row[0])
    shared = "SELECT 1 FROM shared WHERE sandbox = ? AND ? BETWEEN first AND last"
    if reader.execute(shared, (sandbox, sequence)).fetchone() is not None:
        (genesis,) = reader.execute(own, (sandbox, 1)).fetchone()
        return reduce(chained, content_digests(reader, sandbox, sequence), str(genesis))
    if next(lines_after(reader, sandbox, sequence), None) is not None:
        raise Broken(sequence, "it is missing, but entries after it are there")
    return GENESIS
