"""What the platform must remember beside its payments: keys that stay at home, its registration,
notices and orders.
"""

import json
import secrets
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from simulator.messages.notice import Notice
from simulator.reference_platform.orders import Orders
from simulator.reference_platform.outbox import connect

_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS notices (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    time TEXT NOT NULL
);
"""


class Home:
    """Facts by name, and the notices that have been handled."""

    def __init__(self, state: Path) -> None:
        self._db = connect(state / "home.sqlite")
        self._db.executescript(_TABLES)

    def fact(self, name: str) -> Any:
        """What was last remembered under this name; `None` if nothing was."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def remember(self, name: str, value: Any) -> None:
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))

    def signing_key(self) -> Ed25519PrivateKey:
        """The platform's own key, made once."""
        return Ed25519PrivateKey.from_private_bytes(self._secret("signing_key"))

    def token_master_key(self) -> bytes:
        """The key from which every recipient's token key is derived; made once, never sent."""
        return self._secret("token_master_key")

    def handled(self) -> int:
        """Sequence number of the last notice that was handled; 0 before the first."""
        return int(self._db.execute("SELECT coalesce(max(sequence), 0) FROM notices").fetchone()[0])

    def is_same(self, notice: Notice) -> bool:
        """Whether the notice that was handled under this sequence number is this one."""
        row = self._db.execute(
            "SELECT id, time FROM notices WHERE sequence = ?", (notice.sequence,)
        ).fetchone()
        return bool(row == (notice.id, notice.time.isoformat()))

    def handle(self, notice: Notice, orders: Orders) -> None:
        """Remembers the notice and the orders that now hold, both or neither."""
        self._db.execute("BEGIN")
        self._db.execute(
            "INSERT OR REPLACE INTO notices VALUES (?, ?, ?)",
            (notice.sequence, notice.id, notice.time.isoformat()),
        )
        self.remember("orders", orders.to_json())
        self._db.execute("COMMIT")

    def orders(self) -> Orders:
        return Orders.from_json(self.fact("orders"))

    def forget_notices(self) -> None:
        """For a regulator that has begun anew: its notices count from 1 again, and no order
        holds.
        """
        self._db.execute("BEGIN")
        self._db.execute("DELETE FROM notices")
        self.remember("orders", None)
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()

    def _secret(self, name: str) -> bytes:
        kept = self.fact(name)
        if kept is None:
            kept = secrets.token_hex(32)
            self.remember(name, kept)
        return bytes.fromhex(kept)
