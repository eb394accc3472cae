"""A folder is a list: finds every entry in a package and refuses two with one id.

An entry is a module-level object with an `id`. Each file of the folder holds exactly one, so that
adding a requirement, story, rule, fault, defect or report format touches one file and nothing else.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Protocol, TypeVar


class Identified(Protocol):
    """Anything that a catalogue can hold."""

    @property
    def id(self) -> str: ...


E = TypeVar("E", bound=Identified)


class CatalogueError(Exception):
    """A folder that is not a list: a file without an entry, with two, or an id used twice."""


class UnknownId(LookupError):
    """An id that no entry has; the message lists the nearest right ones."""


def entries(package: ModuleType, kind: type[E]) -> dict[str, E]:
    """Every entry of `kind` in the files of `package`, by id, in the order of their ids."""
    found: dict[str, E] = {}
    for module_info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(module_info.name)
        held = [value for value in vars(module).values() if isinstance(value, kind)]
        if len(held) != 1:
            raise CatalogueError(
                f"{module_info.name} must hold exactly one {kind.__name__}, but holds {len(held)}"
            )
        entry = held[0]
        if entry.id in found:
            raise CatalogueError(f"two entries of {package.__name__} are called {entry.id!r}")
        found[entry.id] = entry
    return dict(sorted(found.items()))


def find(catalogue: Mapping[str, E], id: str, *, what: str) -> E:
    """The entry called `id`; raises UnknownId naming the nearest right ones."""
    if id in catalogue:
        return catalogue[id]
    raise UnknownId(f"there is no {what} {id!r}; {suggest(id, catalogue)}")


def suggest(id: str, right: Iterable[str]) -> str:
    """A remedy for a wrong id: the nearest right ones, or all of them if none is near."""
    names = list(right)
    folded = {name.casefold(): name for name in names}
    near = [
        folded[match] for match in difflib.get_close_matches(id.casefold(), folded, n=3, cutoff=0.5)
    ]
    if near:
        return "did you mean " + " or ".join(repr(name) for name in near) + "?"
    return "choose one of " + ", ".join(names)
