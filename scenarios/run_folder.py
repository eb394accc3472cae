"""The folder of a run: everything that was recorded, in one place that can be shared, judged again
and verified."""

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from scenarios.target import Target

FORMAT = 1
JOURNAL = "journal.ndjson"
RUN = "run.json"
PACKAGES = ("reinspect", "cryptography", "faker", "fastapi", "httpx", "pydantic", "uvicorn")
"""Whose versions may matter to who reads a run later."""


class RunUnreadable(Exception):
    """A folder that is no run, or one that this version cannot read."""


class RunUnwritable(Exception):
    """A place where no run folder can be made."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where one run keeps its journal, its run file and its reports."""

    path: Path

    @property
    def id(self) -> str:
        """The run's id."""
        return self.path.name

    @property
    def journal(self) -> Path:
        """The journal as exported."""
        return self.path / JOURNAL

    def write_run(self, facts: Mapping[str, Any]) -> None:
        """Writes the run file; `facts` are what is known of the run besides its format and id."""
        value = {"format": FORMAT, "id": self.id, **facts}
        text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        (self.path / RUN).write_text(text, encoding="utf-8")

    def read_run(self) -> dict[str, Any]:
        """The run file; empty where there is none. RunUnreadable for one of a newer version."""
        path = self.path / RUN
        if not path.exists():
            return {}
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
            format = value["format"]
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise RunUnreadable(
                f"{path} is no run file ({error!r}); restore it or judge the journal in a folder "
                "of its own"
            ) from error
        if not isinstance(format, int) or format > FORMAT:
            raise RunUnreadable(
                f"run {self.id} is of format {format!r}, and this version reads up to {FORMAT}: "
                "use the version of reinspect that wrote it, or a newer one"
            )
        return dict(value)


def create(out: Path, *, seed: int, now: datetime) -> RunFolder:
    """A new folder below `out`, named by time and seed; a twin of the same second gets a number."""
    name = f"{now:%Y%m%d-%H%M%S}-seed{seed}"
    for suffix in ("", *(f"-{number}" for number in range(2, 1000))):
        path = out / (name + suffix)
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            if not out.is_dir():
                raise _unwritable(out, "it is no folder") from None
            continue
        except OSError as error:
            raise _unwritable(out, error.strerror) from error
        return RunFolder(path)
    raise FileExistsError(f"{out} holds a thousand runs of this second")


def _unwritable(out: Path, why: str | None) -> RunUnwritable:
    return RunUnwritable(
        f"no run folder can be made below {str(out)!r} ({why}); give another folder with --out"
    )


def existing(path: Path) -> RunFolder:
    """The run at `path`; RunUnreadable if there is none, or if a newer version wrote it."""
    if not path.is_dir():
        raise RunUnreadable(
            f"there is no run folder {str(path)!r}; `reinspect certify` makes one below runs/"
        )
    folder = RunFolder(path)
    if not folder.journal.exists():
        raise RunUnreadable(f"{str(path)!r} holds no {JOURNAL}; give the folder of a run")
    folder.read_run()
    return folder


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that matter, for who wants to play the run again."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def digest_of(target: Target) -> str:
    """SHA-256 of the target file with the passcode masked, so that the run file gives nothing
    away."""
    text = target.path.read_text(encoding="utf-8")
    return hashlib.sha256(text.replace(target.simulator.passcode, "***").encode()).hexdigest()
