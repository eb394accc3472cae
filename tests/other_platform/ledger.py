"""What the platform must not forget: one JSON line a change, on disk before anybody is told."""

import json
import os
import threading
from pathlib import Path
from typing import Any


class Ledger:
    """The newest value of every name, by kind; a kill loses at most the line being written."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._newest: dict[str, dict[str, Any]] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        # The lines hold keys and persons: they are for the owner's eyes only.
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._recover(path.read_bytes())

    def keep(self, kind: str, name: str, value: Any) -> None:
        """Returns when the value is on disk."""
        line = json.dumps([kind, name, value], ensure_ascii=False).encode() + b"\n"
        with self._lock:
            while line:
                line = line[os.write(self._file, line) :]
            os.fdatasync(self._file)
            self._newest.setdefault(kind, {})[name] = value

    def get(self, kind: str, name: str) -> Any:
        """The newest value, or `None`."""
        with self._lock:
            return self._newest.get(kind, {}).get(name)

    def all(self, kind: str) -> dict[str, Any]:
        """The newest values of a kind by their names, in the order in which the names came."""
        with self._lock:
            return dict(self._newest.get(kind, {}))

    def close(self) -> None:
        os.close(self._file)

    def _recover(self, written: bytes) -> None:
        whole = written.rfind(b"\n") + 1
        os.ftruncate(self._file, whole)  # A torn line was never acknowledged.
        for line in written[:whole].splitlines():
            kind, name, value = json.loads(line)
            self._newest.setdefault(kind, {})[name] = value
