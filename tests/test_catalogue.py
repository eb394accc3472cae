"""A folder is the list: every entry is found, and a folder that is no list is refused."""

import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from simulator import catalogue
from simulator.catalogue import CatalogueError, UnknownId


@dataclass(frozen=True, slots=True)
class Dish:
    """What the folders of this test hold."""

    id: str


@pytest.fixture
def menu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder that can be imported as `menu_of_the_test`."""
    folder = tmp_path / "menu_of_the_test"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.startswith(folder.name)]:
        del sys.modules[name]


def serve(folder: Path, file: str, *ids: str) -> None:
    """Writes a file that holds a dish for each id."""
    dishes = [f"dish_{number} = Dish({id!r})" for number, id in enumerate(ids)]
    text = "\n".join(["from tests.test_catalogue import Dish", *dishes])
    (folder / f"{file}.py").write_text(text, encoding="utf-8")


def imported(folder: Path) -> ModuleType:
    return importlib.import_module(folder.name)


def test_every_entry_of_a_folder_is_found_by_id_in_order_of_ids(menu: Path) -> None:
    serve(menu, "a_starter", "soup")
    serve(menu, "b_main", "noodles")

    found = catalogue.entries(imported(menu), Dish)

    assert list(found.items()) == [("noodles", Dish("noodles")), ("soup", Dish("soup"))]


def test_an_empty_folder_is_an_empty_list(menu: Path) -> None:
    assert catalogue.entries(imported(menu), Dish) == {}


def test_two_entries_with_one_id_are_refused(menu: Path) -> None:
    serve(menu, "a_starter", "soup")
    serve(menu, "b_main", "soup")

    with pytest.raises(CatalogueError, match="two entries of menu_of_the_test are called 'soup'"):
        catalogue.entries(imported(menu), Dish)


@pytest.mark.parametrize("ids", [(), ("soup", "noodles")])
def test_a_file_without_exactly_one_entry_is_refused(ids: tuple[str, ...], menu: Path) -> None:
    serve(menu, "mixed", *ids)

    with pytest.raises(
        CatalogueError,
        match=rf"menu_of_the_test\.mixed must hold exactly one Dish, but holds {len(ids)}",
    ):
        catalogue.entries(imported(menu), Dish)


def test_a_wrong_id_lists_the_nearest_right_ones() -> None:
    dishes = {id: Dish(id) for id in ("DEC-01", "DEC-02", "SUS-02")}

    assert catalogue.find(dishes, "DEC-01", what="dish") == Dish("DEC-01")
    with pytest.raises(UnknownId, match="there is no dish 'dec-1'; did you mean 'DEC-01'"):
        catalogue.find(dishes, "dec-1", what="dish")


def test_a_wrong_id_that_is_near_to_none_lists_them_all() -> None:
    assert catalogue.suggest("zzz", ["noodles", "soup"]) == "choose one of noodles, soup"
