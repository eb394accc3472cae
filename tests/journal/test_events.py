"""Every file of events is part of what a journal can say."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import get_args

from simulator.journal import events


def defined() -> Iterator[type]:
    """Every class in the folder that has a name as an event; what events hold has none."""
    for found in pkgutil.iter_modules(events.__path__, events.__name__ + "."):
        for value in vars(importlib.import_module(found.name)).values():
            if not isinstance(value, type) or value.__module__ != found.name:
                continue
            if is_dataclass(value) and "event" in (field.name for field in fields(value)):
                yield value


def test_an_event_that_has_a_file_can_be_read_and_written() -> None:
    union, _ = get_args(events.Event)

    assert set(defined()) == set(get_args(union))


def test_an_event_is_known_by_a_name_of_its_own() -> None:
    names = [field.default for kind in defined() for field in fields(kind) if field.name == "event"]

    assert len(names) == len(set(names))
