"""Where figures are left: a numbered folder below `runs/`, never an old one."""

import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def create(out: Path, name: str) -> Path:
    """The first of `name-1`, `name-2`, … that is not there yet; OSError if it cannot be made."""
    for number in itertools.count(1):
        folder = out / f"{name}-{number}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if not out.is_dir():  # A file is in the way, and counting on would never end.
                raise
            continue
        return folder
    raise AssertionError("counting has no end")


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Writes figures, readable by people too."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
