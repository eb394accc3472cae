"""The messages as JSON Schema, and a schema for each type of notice, so that data is typed."""

from copy import deepcopy
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from simulator.messages.feed import RefusedLine
from simulator.messages.notice import Notice
from simulator.messages.problem import Problem
from simulator.messages.registration import Challenge
from simulator.messages.tidings import TIDINGS
from simulator.regulator.api import operations

Model = type[BaseModel]
REF = "#/components/schemas/"


def schemas() -> dict[str, Any]:
    """Every message of the interface by its name."""
    read: set[Model] = {
        model for operation in operations() if operation.body for model in operation.body.models
    }
    told: set[Model] = {operation.answers for operation in operations()}
    told |= {Problem, RefusedLine, Notice, Challenge}
    told |= {kind.data for kind in TIDINGS.values()}
    inputs = [(model, "validation") for model in _in_order(read)]
    outputs = [(model, "serialization") for model in _in_order(told)]
    _, schema = models_json_schema(
        [*inputs, *outputs],  # type: ignore[list-item]
        ref_template=f"{REF}{{model}}",
    )
    definitions: dict[str, Any] = schema["$defs"]
    _forget_null_defaults(definitions)
    definitions |= _notices(definitions["Notice"])
    return dict(sorted(definitions.items()))


def _forget_null_defaults(definitions: dict[str, Any]) -> None:
    """A field that is `null` unless said otherwise may be left out. Generators read a default as
    "always there" and would demand it of whoever sends the message."""
    for definition in definitions.values():
        for described in definition.get("properties", {}).values():
            if described.get("default", ...) is None:
                del described["default"]


def name_of(type: str) -> str:
    """`DeclarationDecidedNotice` of `declaration.decided`."""
    return "".join(word.capitalize() for word in type.replace("_", ".").split(".")) + "Notice"


def _notices(common: dict[str, Any]) -> dict[str, Any]:
    """`Notice` as one of its types, told apart by `type`."""
    kinds: dict[str, Any] = {}
    for type, told in TIDINGS.items():
        kind = deepcopy(common) | {"title": name_of(type), "description": told.title}
        kind["properties"]["type"] = {"type": "string", "const": type}
        kind["properties"]["data"] = {"$ref": f"{REF}{told.data.__name__}"}
        kinds[name_of(type)] = kind
    mapping = {type: f"{REF}{name_of(type)}" for type in TIDINGS}
    whole = {
        "title": "Notice",
        "description": common["description"],
        "oneOf": [{"$ref": ref} for ref in mapping.values()],
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }
    return kinds | {"Notice": whole}


def _in_order(models: set[Model]) -> list[Model]:
    return sorted(models, key=lambda model: model.__name__)
