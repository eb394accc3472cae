"""A tester's request is read as strictly as a platform's: nothing is guessed, nothing is ignored.

FastAPI by itself takes `true` for the number 1, a number for a time, and any name in a query. What
it makes of a request is used only after the same body was read strictly.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from simulator.catalogue import suggest
from simulator.control.problems import Refused
from simulator.regulator.reading import (
    JSON,
    refuse_body,
    refuse_content_type,
    refuse_namesakes,
    validated,
)

Answer = Callable[[Request], Coroutine[Any, Any, Response]]


class StrictRoute(APIRoute):
    """One operation of `/control`."""

    def get_route_handler(self) -> Answer:
        answer = super().get_route_handler()
        read = None if self.body_field is None else _reader_of(self.body_field.field_info)
        known = [each.alias for each in self.dependant.query_params]

        async def strictly(request: Request) -> Response:
            for name, value in request.query_params.multi_items():
                if name not in known:
                    raise _strange(name, value, known)
            if read is not None:
                _read(read, request.headers.get("content-type", ""), await request.body())
            return await answer(request)

        return strictly


class Resource(APIRouter):
    """One file of this folder: its operations, below one path."""

    def __init__(self, prefix: str = "", *, tags: list[Any]) -> None:
        super().__init__(prefix=prefix, tags=tags, route_class=StrictRoute)


def _strange(name: str, value: str, known: list[str]) -> Refused:
    remedy = suggest(name, known) if known else "there is nothing to ask for here"
    return Refused.at("query_invalid", f"query:{name[:200]}", value, f"be absent: {remedy}")


def _reader_of(body: FieldInfo) -> Callable[..., object]:
    """What reads a body as its operation describes it."""
    message: Any = Annotated[body.annotation, body]
    return TypeAdapter(message).validate_json


def _read(read: Callable[..., object], content_type: str, body: bytes) -> None:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != JSON:
        raise Refused.by_the_regulator(refuse_content_type(media_type, (JSON,)))
    try:
        validated(read, body)
    except ValidationError as error:
        raise Refused.by_the_regulator(refuse_body(error, body)) from None
    namesakes = refuse_namesakes(body)
    if namesakes is not None:
        raise Refused.by_the_regulator(namesakes)
