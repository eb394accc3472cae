"""All lists of the project behind one door: what `reinspect list` shows and `reinspect explain`
explains."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any

from simulator import catalogue

PACKAGES = {
    "requirements": ("scenarios.requirements", "Requirement"),
    "stories": ("scenarios.stories", "Story"),
    "rules": ("simulator.regulator.rules", "Rule"),
    "defects": ("simulator.reference_platform.defects", "Defect"),
    "faults": ("simulator.faults", "Fault"),
    "reports": ("scenarios.reports", "Report"),
}
"""Where each list is, and the class of its entries."""

CODES = "codes"
"""The problem codes, the regulator's and those of `/control`: tables, not a folder."""


def entries(kind: str) -> Mapping[str, Any]:
    """Every entry of one list, by id; UnknownId for a list that does not exist."""
    package_name, class_name = catalogue.find(_NAMED, kind, what="list").where
    package = import_module(package_name)
    found: dict[str, Any] = catalogue.entries(package, getattr(package, class_name))
    return found


def chosen(kind: str, ids: Sequence[str], what: str) -> list[str]:
    """These ids, each once; UnknownId for one that is not in the list."""
    return [catalogue.find(entries(kind), id, what=what).id for id in dict.fromkeys(ids)]


def as_json(entry: Any) -> dict[str, Any]:
    """What an entry says of itself in plain values; functions and examples are left out."""
    said: dict[str, Any] = {}
    for field in fields(entry):
        value = getattr(entry, field.name)
        if isinstance(value, str | int | float | bool) or value is None:
            said[field.name] = value
        elif isinstance(value, tuple) and all(isinstance(each, str) for each in value):
            said[field.name] = list(value)
    return said


def explain(code: str) -> list[tuple[str, dict[str, Any]]]:
    """Everything that is called `code`, each with its list; UnknownId names the nearest right
    ones."""
    found, names = [], set()
    for kind, of_kind in _everything():
        names |= set(of_kind)
        near = {name.casefold(): name for name in of_kind}
        if code.casefold() in near:
            name = near[code.casefold()]
            found.append((kind, {"id": name, **of_kind[name]()}))
    if not found:
        raise catalogue.UnknownId(f"nothing is called {code!r}; {_suggestion(code, names)}")
    return found


def _suggestion(code: str, names: set[str]) -> str:
    suggestion = catalogue.suggest(code, sorted(names))
    # Of some two hundred names nobody wants them all.
    return (
        suggestion
        if suggestion.startswith("did")
        else (f"see `reinspect list KIND`, where KIND is one of {', '.join(PACKAGES)}")
    )


def _everything() -> list[tuple[str, Mapping[str, Callable[[], dict[str, Any]]]]]:
    from simulator.control.codes import CODES as of_testers
    from simulator.regulator.refusal import CODES as of_the_regulator

    lists: list[tuple[str, Mapping[str, Callable[[], dict[str, Any]]]]] = [
        (kind, {id: _told(entry) for id, entry in entries(kind).items()}) for kind in PACKAGES
    ]
    codes = of_the_regulator | of_testers
    lists.append((CODES, {code: _told(entry) for code, entry in codes.items()}))
    return lists


def _told(entry: Any) -> Callable[[], dict[str, Any]]:
    return lambda: as_json(entry) if is_dataclass(entry) else {}


class _Named:
    """A list with its id, so that a wrong one is answered like any other wrong id."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.where = PACKAGES[id]


_NAMED = {kind: _Named(kind) for kind in PACKAGES}
