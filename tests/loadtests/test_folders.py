"""Where figures are left."""

from pathlib import Path

import pytest

from loadtests import folders
from loadtests.options import UsageError


def test_folders_are_numbered_and_never_used_twice(tmp_path: Path) -> None:
    (tmp_path / "runs" / "load-2").mkdir(parents=True)

    made = [folders.create(tmp_path / "runs", "load").name for _ in range(2)]

    assert made == ["load-1", "load-3"]


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()

    with pytest.raises(UsageError, match="runs: File exists; choose another folder"):
        folders.create(tmp_path / "runs", "load")
