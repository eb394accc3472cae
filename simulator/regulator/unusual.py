"""Says an answer in another way that the published schema allows, and changes nothing that it says.

The text is written from the OpenAPI document itself: a member is left out only where the schema
gives it as a default, a time takes another form only where the schema says that it is one. What a
signature covers keeps its values letter by letter.
"""

import json
import random
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any

from starlette.responses import Response

from simulator.faults import Respell
from simulator.regulator.answered import Answered
from simulator.regulator.published import openapi

CHINA = timezone(timedelta(hours=8))
TEXTS = ("detail", "title")
"""Members that only people read."""
TEXT_CHARACTERS_MAX = 2_000
FILLING = ' 说明 — naïve \U0001f600 \u202eltr\u202c \\ " / '
EXTRA = "x_unusual"

Json = Any
Schema = dict[str, Any]


def respelled_response(
    response: Response, answered: Answered, operation: str, act: Respell
) -> Response:
    """The response with its body said in another way."""
    if response.body:
        schema = schema_of(operation, answered.status)
        response.body = respelled(answered.answer, schema, act)
        response.headers["content-length"] = str(len(response.body))
    return response


def respelled(answer: Json, schema: Schema, act: Respell) -> bytes:
    """The answer as JSON; the same seed writes the same text. An empty schema leaves free only how
    JSON itself is written."""
    return _Writer(act).write(answer, schema, signed=False).encode("utf-8", "backslashreplace")


@cache
def schema_of(operation: str, status: int) -> Schema:
    """What the published document says of an answer; nothing where it says nothing."""
    for methods in _document()["paths"].values():
        for described in methods.values():
            if described["operationId"] == operation:
                contents = described["responses"].get(str(status), {}).get("content", {})
                schema: Schema = next((one["schema"] for one in contents.values()), {})
                return schema
    return {}


@cache
def _document() -> dict[str, Any]:
    return openapi.document("any")


class _Writer:
    """Writes one answer."""

    def __init__(self, act: Respell) -> None:
        self._chance = random.Random(act.seed)
        self._freedoms = act.freedoms

    def write(self, value: Json, schema: Schema, *, signed: bool) -> str:
        """The value as text; `signed` keeps it letter by letter."""
        schema = _resolved(schema, value)
        match value:
            case dict():
                return self._object(value, schema, signed or "signature" in value)
            case list():
                items = schema.get("items", {})
                parts = [self.write(item, items, signed=signed) for item in value]
                return f"[{','.join(self._space() + part + self._space() for part in parts)}]"
            case str():
                return self._string(value if signed else self._time(value, schema))
            case int() if not isinstance(value, bool) and not signed:
                return self._integer(value, schema)
            case _:
                return json.dumps(value, allow_nan=False)

    def _object(self, value: dict[str, Json], schema: Schema, signed: bool) -> str:
        known = schema.get("properties", {})
        members = [
            (name, self._text(name, held, known.get(name, {}), signed), known.get(name, {}))
            for name, held in value.items()
            if signed or not self._is_left_out(name, held, schema)
        ]
        if (
            known
            and not signed
            and schema.get("additionalProperties", True) is True
            and self._takes("extras")
        ):
            members.append((EXTRA, {"unknown": [1, None, "说"]}, {}))
        if self._takes("order"):
            self._chance.shuffle(members)
        return f"{{{','.join(self._members(members, signed))}}}"

    def _members(self, members: list[tuple[str, Json, Schema]], signed: bool) -> Iterator[str]:
        for name, held, schema in members:
            key = self._string(name)
            written = self.write(held, schema, signed=signed)
            yield f"{self._space()}{key}{self._space()}:{self._space()}{written}{self._space()}"

    def _is_left_out(self, name: str, held: Json, schema: Schema) -> bool:
        described = schema.get("properties", {}).get(name, {})
        if name in schema.get("required", ()) or "const" in described:
            return False
        absent_means = described.get("default", None if _may_be_null(described) else ...)
        return absent_means == held and self._takes("defaults")

    def _text(self, name: str, held: Json, schema: Schema, signed: bool) -> Json:
        """A text for people may be of any length."""
        bound = {"enum", "const", "pattern", "format", "maxLength"} & set(schema)
        is_text = name in TEXTS and isinstance(held, str) and schema.get("type") == "string"
        if signed or bound or not is_text:
            return held
        return (held + FILLING * 200)[:TEXT_CHARACTERS_MAX] if self._takes("texts") else held

    def _time(self, value: str, schema: Schema) -> str:
        if schema.get("format") != "date-time" or not self._takes("times"):
            return value
        at = datetime.fromisoformat(value)
        forms = (
            at.astimezone(CHINA).isoformat(),
            at.astimezone(UTC).isoformat(),
            at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            at.astimezone(timezone(-timedelta(hours=9, minutes=30))).isoformat(),
        )
        return self._chance.choice(forms)

    def _integer(self, value: int, schema: Schema) -> str:
        plain = str(value)
        if schema.get("type") != "integer" or abs(value) > 2**53 or not self._takes("numbers"):
            return plain
        return self._chance.choice((f"{plain}.0", f"{plain}e0", f"{plain}.000E+0"))

    def _string(self, value: str) -> str:
        escapes = self._takes("escapes")
        return f'"{"".join(self._character(one, escapes) for one in value)}"'

    def _character(self, one: str, escapes: bool) -> str:
        """What JSON demands to be escaped is; the rest may be, a character beyond the BMP as a
        pair of surrogates."""
        must = one in '"\\' or one < " " or "\ud800" <= one <= "\udfff"
        if must or (escapes and self._chance.random() < 0.3):
            units = one.encode("utf-16-be", "surrogatepass")
            return "".join(f"\\u{unit:04X}" for (unit,) in struct.iter_unpack(">H", units))
        return r"\/" if escapes and one == "/" else one

    def _space(self) -> str:
        if "spaces" not in self._freedoms:
            return ""
        return self._chance.choice(("", "", " ", "\n", "\t  ", "\r\n"))

    def _takes(self, freedom: str) -> bool:
        return freedom in self._freedoms and self._chance.random() < 0.5


def _may_be_null(schema: Schema) -> bool:
    return any(one.get("type") == "null" for one in schema.get("anyOf", ()))


def _resolved(schema: Schema, value: Json) -> Schema:
    """The schema that speaks of this value, past references and the absence of a value."""
    while "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = _document()["components"]["schemas"][name]
    choices = schema.get("anyOf")
    if choices is None:
        return schema
    present = [one for one in choices if one.get("type") != "null"]
    if value is None or len(present) != 1:
        return {}
    return _resolved(present[0], value)
