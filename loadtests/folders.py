"""Where figures are left: a numbered folder below `runs/`, never an old one."""

import itertools
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from loadtests.options import UsageError


def create(out: Path, name: str) -> Path:
    """The first of `name-1`, `name-2`, … that is not there yet."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for number in itertools.count(1):
            with suppress(FileExistsError):
                (out / f"{name}-{number}").mkdir()
                return out / f"{name}-{number}"
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror}; choose another folder") from error
    raise AssertionError("counting has no end")


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Writes figures, readable by people too."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
