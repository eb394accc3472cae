"""The plugin adds one item a requirement when it is asked to, and nothing otherwise."""

import os
import subprocess
import sys
from pathlib import Path

from scenarios.requirements import catalogue

ROOT = Path(__file__).parents[2]


def collected(folder: Path, *options: str) -> list[str]:
    """The items of a pytest run in an empty folder; plugins of the environment stay out of it."""
    command = [sys.executable, "-m", "pytest", "-p", "scenarios.pytest_plugin"]
    answer = subprocess.run(
        [*command, "--collect-only", "-q", *options],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for line in answer.stdout.splitlines() if line.startswith("reinspect::")]


def test_with_a_target_there_is_one_item_for_each_requirement(tmp_path: Path) -> None:
    items = collected(tmp_path, "--reinspect-target", "target.toml")

    assert items == [f"reinspect::{id}" for id in catalogue()]


def test_without_a_target_the_plugin_does_nothing(tmp_path: Path) -> None:
    assert collected(tmp_path) == []
