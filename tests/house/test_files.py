"""House rules that a program can keep."""

import ast
import subprocess
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_cover  # It reads files and runs nothing of ours.
ROOT = Path(__file__).parents[2]
PYTHON = sorted(
    path
    for room in ("simulator", "scenarios", "loadtests", "tests")
    for path in (ROOT / room).rglob("*.py")
)


def committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


@cache
def trees() -> dict[Path, ast.Module]:
    """Every file, read once."""
    return {path: ast.parse(path.read_text()) for path in PYTHON}


def test_every_file_begins_with_the_reason_for_it() -> None:
    """A reader learns from the first sentence whether to read on."""
    without = [path for path, tree in trees().items() if tree.body and not ast.get_docstring(tree)]
    assert without == []


def test_functions_fit_on_a_screen() -> None:
    """Seventy lines are the end."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                assert length <= 70, f"{path.relative_to(ROOT)}:{node.lineno} has {length} lines"


def test_no_room_holds_everything() -> None:
    """A file named for nothing collects everything."""
    for path in PYTHON:
        assert path.stem not in ("utils", "util", "helpers", "helper", "manager", "common", "misc")


def test_no_test_sleeps() -> None:
    """A test that waits for time is a flaky test that has not failed yet."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(trees()[path]):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) != ("time", "sleep"), path


def test_no_committed_file_names_a_registry_or_a_machine() -> None:
    """Locks and docs must hold on any machine and behind any mirror."""
    hosts = ("py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs")
    machine = ("/ho" + "me/", "/ro" + "ot/", "/wo" + "rk/")
    for path in committed():
        if path.suffix in (".png", ".jpg", ".sqlite"):
            continue
        text = path.read_text(errors="replace")
        for word in (*hosts, *machine):
            assert word not in text, f"{path.relative_to(ROOT)} names {word}"
