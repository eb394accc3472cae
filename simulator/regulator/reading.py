"""From bytes to messages: everything wrong is named at once, by pointer, value and expectation."""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

from simulator.messages.problem import ProblemError
from simulator.regulator.api import Operation, Page, number_in
from simulator.regulator.limits import DEPTH, passed
from simulator.regulator.refusal import Refusal, refuse_all, wrong

JSON = "application/json"
ERRORS_MAX = 1_000
SHOWN_CHARACTERS_MAX = 200
M = TypeVar("M")
_SHOULD = re.compile(r"^(\w+ should|Value error,) ")
_NUMBER = re.compile(r"[0-9]{1,15}")
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class JsonMessage:
    """A body that is one JSON message."""

    model: type[BaseModel]
    example: dict[str, Any]

    @property
    def content(self) -> dict[str, Any]:
        schema = {"$ref": f"#/components/schemas/{self.model.__name__}"}
        return {JSON: {"schema": schema, "example": self.example}}

    @property
    def models(self) -> tuple[type[BaseModel], ...]:
        return (self.model,)

    def read(self, media_type: str, body: bytes) -> Any | Refusal:
        if media_type != JSON:
            return refuse_content_type(media_type, (JSON,))
        try:
            message = validated(self.model.model_validate_json, body)
        except ValidationError as error:
            return refuse_body(error, body)
        return refuse_namesakes(body) or message


def refuse_namesakes(body: bytes) -> Refusal | None:
    """The refusal of JSON in which an object has two fields of one name: some readers take the
    first, others the last (RFC 8259, section 4). `None` where there are none."""
    twice: list[str] = []

    def fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        once = dict(pairs)
        if len(once) < len(pairs):
            counted = Counter(name for name, _ in pairs)
            twice.extend(name for name, count in counted.items() if count > 1)
        return once

    json.loads(body, object_pairs_hook=fields, parse_int=str, parse_float=str)
    if not twice:
        return None
    return refuse_all(
        [
            wrong("body_invalid", "", shown(name), "name no field of an object twice")
            for name in twice[:ERRORS_MAX]
        ]
    )


def validated(read: Callable[..., M], body: bytes) -> M:
    """The message in `body`, by pydantic's reader of JSON for it; nothing is guessed, but 3.0 is
    the number 3, as JSON Schema has it."""
    try:
        return read(body, strict=True)
    except ValidationError as error:
        if all(wrong["type"] != "int_type" for wrong in error.errors(include_url=False)):
            raise
        whole = [
            detail["loc"]
            for detail in _details(error, body)
            if detail["type"] == "int_type" and _is_whole(detail["input"])
        ]
        if not whole:
            raise
    return read(_with_integers(body, whole), strict=True)


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer() and abs(value) < 2**53


def _with_integers(body: bytes, places: Iterable[tuple[int | str, ...]]) -> bytes:
    """The same JSON, but the whole numbers at `places` are written without a fraction."""
    value = from_json(body)
    for *path, last in places:
        holder = value
        for part in path:
            holder = holder[part]
        holder[last] = int(holder[last])
    return to_json(value)


def refuse_content_type(media_type: str, right: Iterable[str]) -> Refusal:
    """The refusal of a body that claims to be something else."""
    return refuse_all(
        (
            wrong(
                "content_type_unsupported",
                "header:content-type",
                media_type,
                f"be {' or '.join(right)}",
            ),
        )
    )


def refuse_json(reason: str) -> Refusal:
    """The refusal of a body that is no JSON, or more deeply nested than the parser goes."""
    if "recursion limit" in reason:
        return passed(DEPTH, f"more than {DEPTH.value}")
    malformed = ProblemError(
        pointer="", code="json_malformed", detail=reason, expected="be one JSON value in UTF-8"
    )
    return refuse_all((malformed,))


def refuse_body(error: ValidationError, body: bytes) -> Refusal:
    """The refusal that names everything that pydantic found in the body."""
    details = _details(error, body)
    if details[0]["type"] == "json_invalid":
        return refuse_json(details[0]["msg"])
    return refuse_all([told(detail) for detail in details[:ERRORS_MAX]])


def _details(error: ValidationError, body: bytes) -> list[ErrorDetails]:
    """What pydantic found, each at a place in the body: the tag of a union is none."""
    details = error.errors(include_url=False, include_context=False)
    if details[0]["type"] == "json_invalid":
        return details
    value = from_json(body)
    for detail in details:
        detail["loc"] = tuple(_place_in(value, detail))
    return details


def _place_in(value: Any, detail: ErrorDetails) -> Iterator[int | str]:
    for part in detail["loc"]:
        try:
            value = value[part]
        except (LookupError, TypeError):
            continue
        yield part
    if detail["type"] == "missing":
        yield detail["loc"][-1]


def told(detail: ErrorDetails) -> ProblemError:
    """One of pydantic's errors in our words."""
    pointer = "".join(f"/{_escaped(str(part))}" for part in detail["loc"])
    match detail["type"]:
        case "missing":
            return ProblemError(
                pointer=pointer,
                code="body_invalid",
                detail=f"{pointer} is missing",
                expected="be present",
            )
        case "extra_forbidden":
            must = "be absent: the message has no such field"
        case _:
            must = _SHOULD.sub("", detail["msg"])
    seen = shown(detail["input"])
    return ProblemError(
        pointer=pointer,
        code="body_invalid",
        detail=f"{pointer or 'the message'} must {must}, but was {seen!r}",
        value=seen,
        expected=must,
    )


def shown(value: Any) -> Any:
    """The value as a problem may show it: JSON, and no longer than a reader needs."""
    match value:
        case None | bool():
            return value
        case int():
            bits = value.bit_length()
            return value if bits <= 64 else f"a whole number of {bits} bits"
        case float():
            return value if math.isfinite(value) else str(value)
        case str():
            return _shortened(value)
        case dict():
            return f"an object of {len(value)} fields"
        case list() | tuple():
            return f"an array of {len(value)} items"
        case _:
            return _shortened(str(value))


def page_asked_for(query: str, operation: Operation) -> Page | Refusal:
    """What the query says; a name that the operation does not know, or knows once, is refused."""
    lists = operation.lists
    known = _KNOWN[lists]
    values: dict[str, int] = {}
    errors: list[ProblemError] = []
    for name, text in parse_qsl(query, keep_blank_values=True):
        pointer = f"query:{shown(name)}"
        if name not in known:
            errors.append(
                wrong("query_invalid", pointer, shown(text), "be absent: it is not known here")
            )
        elif name in values:
            errors.append(wrong("query_invalid", pointer, shown(text), "be given once"))
        elif (value := _value_of(name, text, operation)) is None:
            must = f"be {_expected(name, lists)}"
            errors.append(wrong("query_invalid", pointer, shown(text), must))
        else:
            values[name] = value
    if errors:
        return refuse_all(errors)
    if lists in ("notices", "alerts"):
        return Page(cursor=values.get("after", 0), limit=100)
    limit, _ = LIMITS.get(lists, (0, 0))
    return Page(values.get("cursor", 0), values.get("limit", limit), operation.id)


def _value_of(name: str, text: str, operation: Operation) -> int | None:
    """What one parameter says; `None` where it says nothing that can be."""
    if name == "cursor":
        return number_in(text, operation.id)
    if not _NUMBER.fullmatch(text):
        return None
    number = int(text)
    if name == "limit" and not 1 <= number <= LIMITS[operation.lists][1]:
        return None
    return number


def _expected(name: str, lists: str) -> str:
    match name:
        case "cursor":
            return "the next_cursor of the page before"
        case "limit":
            return f"a whole number from 1 to {LIMITS[lists][1]}"
        case _:
            return f"the number of one of the {lists}, or 0"


def check_idempotency_key(key: str | None, *, demand: str) -> Refusal | None:
    """`None` where the header is as the operation demands."""
    if not key and demand == "required":
        missing = ProblemError(
            pointer="header:idempotency-key",
            code="idempotency_key_missing",
            detail="this operation needs an Idempotency-Key of your choice",
            value=key,
            expected="have 1 to 200 visible ASCII characters",
        )
        return refuse_all((missing,))
    if key is None or _IDEMPOTENCY_KEY.fullmatch(key):
        return None
    must = "have 1 to 200 visible ASCII characters"
    return refuse_all(
        (wrong("idempotency_key_invalid", "header:idempotency-key", shown(key), must),)
    )


LIMITS = {"pages": (50, 200), "records": (1_000, 1_000)}
"""How many items a page has unless asked otherwise, and at most."""
_KNOWN = {
    "no": (),
    "pages": ("cursor", "limit"),
    "records": ("cursor", "limit"),
    "notices": ("after",),
    "alerts": ("after",),
}


def _escaped(part: str) -> str:
    """RFC 6901."""
    return _shortened(part).replace("~", "~0").replace("/", "~1")


def _shortened(text: str) -> str:
    if len(text) > SHOWN_CHARACTERS_MAX:
        text = text[:SHOWN_CHARACTERS_MAX] + "…"
    return text.encode("utf-8", "backslashreplace").decode()
