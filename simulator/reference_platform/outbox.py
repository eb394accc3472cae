"""Payments on disk: taken before the merchant is told so, and kept at every stage until they are
settled or refused.

A payment that is taken is synced to the disk. Its later stages are written at once, so that they
survive a kill of the process, and synced with what comes after: a power cut may cost the last of
them, and those steps are then repeated under the same idempotency keys.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter

from simulator.messages.lineage import LineageEntry
from simulator.reference_platform.journey import Journey

_JOURNEY = TypeAdapter(Journey)
_TABLE = """
CREATE TABLE IF NOT EXISTS payments (
    id TEXT PRIMARY KEY,
    merchant TEXT NOT NULL,
    order_id TEXT NOT NULL,
    person TEXT NOT NULL,
    final INTEGER NOT NULL,
    journey TEXT NOT NULL,
    UNIQUE (merchant, order_id)
);
CREATE INDEX IF NOT EXISTS unfinished ON payments (id) WHERE final = 0;
CREATE INDEX IF NOT EXISTS persons ON payments (person);
CREATE TABLE IF NOT EXISTS traces (
    payload TEXT NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (payload, entry)
) WITHOUT ROWID;
"""


def connect(path: Path | str) -> sqlite3.Connection:
    """A database in which every statement is on disk when it returns (WAL, synchronous FULL)."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


class Outbox:
    """The payments of the platform, one row each."""

    def __init__(self, path: Path | str) -> None:
        self._db = connect(path)
        self._db.executescript(_TABLE)
        self._db.execute("PRAGMA synchronous = NORMAL")

    def take(self, journey: Journey, person: str) -> Journey:
        """Keeps a new payment; one whose merchant and order are known already is returned as it is
        now kept.
        """
        merchant, order_id = journey.payment.merchant.id, journey.payment.order_id
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(
            "INSERT OR IGNORE INTO payments VALUES (?, ?, ?, ?, ?, ?)",
            (journey.id, merchant, order_id, person, journey.is_final, _text(journey)),
        )
        self._db.execute("PRAGMA synchronous = NORMAL")
        row = self._db.execute(
            "SELECT journey FROM payments WHERE merchant = ? AND order_id = ?", (merchant, order_id)
        ).fetchone()
        return _JOURNEY.validate_json(row[0])

    def save(self, journey: Journey) -> None:
        """Keeps how far the payment has come."""
        self._db.execute(
            "UPDATE payments SET final = ?, journey = ? WHERE id = ?",
            (journey.is_final, _text(journey), journey.id),
        )

    def read(self, id: str) -> Journey | None:
        """The payment, or `None` if there is none of this id."""
        row = self._db.execute("SELECT journey FROM payments WHERE id = ?", (id,)).fetchone()
        return None if row is None else _JOURNEY.validate_json(row[0])

    def unfinished(self) -> list[str]:
        """Ids of the payments that are neither settled nor refused, the oldest first."""
        rows = self._db.execute("SELECT id FROM payments WHERE final = 0 ORDER BY rowid")
        return [id for (id,) in rows]

    def of_person(self, person: str) -> Iterator[Journey]:
        """The payments of one payer, known by the token that stays at home."""
        rows = self._db.execute("SELECT journey FROM payments WHERE person = ?", (person,))
        for (text,) in rows:
            yield _JOURNEY.validate_json(text)

    def trace(self, entry: LineageEntry) -> None:
        """Keeps where a payload came from, as the regulator is told it; once, however often it is
        told."""
        self._db.execute(
            "INSERT OR IGNORE INTO traces VALUES (?, ?)", (entry.payload, entry.model_dump_json())
        )

    def traced(self, payload: str) -> list[LineageEntry]:
        """What was said of the payload with this digest; nothing of one that is not ours."""
        rows = self._db.execute("SELECT entry FROM traces WHERE payload = ?", (payload,))
        return [LineageEntry.model_validate_json(text) for (text,) in rows]

    def close(self) -> None:
        self._db.close()


def open_outbox(state: Path) -> Outbox:
    """The outbox in the platform's state directory."""
    return Outbox(state / "outbox.sqlite")


def _text(journey: Journey) -> str:
    return _JOURNEY.dump_json(journey).decode()
