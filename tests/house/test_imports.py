"""Imports run one way; otherwise the judge would share the platform's mistakes."""

import ast
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_cover  # It reads files and runs nothing of ours.
ROOT = Path(__file__).parents[2]
FOUNDATION = ("messages", "clock", "catalogue", "journal", "law")
PARTIES = ("regulator", "recipient", "reference_platform")


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Every module that a file imports, as a dotted name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def files(*parts: str) -> list[Path]:
    place = ROOT.joinpath(*parts)
    single = place.with_suffix(".py")
    return [single] if single.is_file() else sorted(place.rglob("*.py"))


def reaches(path: Path, *rooms: str) -> list[str]:
    """The imports of `path` that lie in one of the rooms."""
    return sorted(
        name
        for name in imports_of(path)
        if any(name == room or name.startswith(room + ".") for room in rooms)
    )


def test_the_simulator_never_imports_the_scenarios() -> None:
    """The mocks witness; they must not know who will judge them."""
    for path in files("simulator"):
        assert reaches(path, "scenarios", "loadtests", "tests") == [], path


@pytest.mark.parametrize("room", FOUNDATION)
def test_the_foundation_imports_nothing_of_ours_beyond_itself(room: str) -> None:
    """What both sides read must belong to neither."""
    allowed = tuple(f"simulator.{other}" for other in FOUNDATION)
    for path in files("simulator", room):
        outside = [name for name in reaches(path, "simulator") if not name.startswith(allowed)]
        assert [name for name in outside if name != "simulator"] == [], path


@pytest.mark.parametrize("room", PARTIES)
def test_the_parties_never_import_one_another(room: str) -> None:
    """They speak over HTTP, as real ones do."""
    others = [f"simulator.{other}" for other in PARTIES if other != room]
    for path in files("simulator", room):
        assert reaches(path, *others) == [], path


def test_the_judge_reads_only_the_foundation_of_the_simulator() -> None:
    """A judge that shares the platform's arithmetic repeats its mistakes."""
    allowed = tuple(f"simulator.{room}" for room in FOUNDATION)
    for path in [*files("scenarios", "judge"), *files("scenarios", "requirements")]:
        for name in reaches(path, "simulator"):
            assert name == "simulator" or name.startswith(allowed), f"{path} imports {name}"


def test_the_judge_asks_no_clock_and_no_network() -> None:
    """It is a pure function of the journal."""
    forbidden = ("time", "socket", "httpx", "random", "secrets", "simulator.clock.wall_now")
    for path in [*files("scenarios", "judge"), *files("scenarios", "requirements")]:
        assert reaches(path, *forbidden) == [], path


def test_the_load_tests_know_only_traffic_and_messages() -> None:
    """They load the interfaces as a platform would, and judge nothing by themselves."""
    allowed = (
        "scenarios.traffic",
        "simulator.messages",
        "simulator.clock",
        "simulator.catalogue",
    )
    for path in files("loadtests"):
        for name in reaches(path, "simulator", "scenarios"):
            assert name in ("scenarios", "simulator") or name.startswith(allowed), (
                f"{path} imports {name}"
            )


def test_only_the_clock_asks_what_time_it_is() -> None:
    """Otherwise no run could be played again on another time."""
    askers = ("now", "utcnow", "today", "time", "time_ns")
    for path in [*files("simulator"), *files("scenarios")]:
        if path == ROOT / "simulator" / "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                asks = node.value.id in ("datetime", "date", "time") and node.attr in askers
                assert not asks, f"{path.relative_to(ROOT)}:{node.lineno}"
