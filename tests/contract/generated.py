"""Schemathesis, in one place: it makes requests from the published description, sends them signed,
and says where an answer is not as described.

Its engine is no public interface, so nothing else here touches it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

import requests
import schemathesis
from requests.structures import CaseInsensitiveDict
from schemathesis import Case, HookContext, SerializationContext
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import Request, ScenarioRecorder

from simulator.messages.signature import sign
from simulator.regulator.api import operations
from simulator.regulator.api.feed import NDJSON
from simulator.regulator.published import openapi
from tests.contract.front import Front
from tests.contract.lawful import (
    go_on_where_a_page_ended,
    name_what_exists,
    say_what_is_lawful,
)
from tests.contract.world import NEWCOMERS, SANDBOX, World

A_KEY = re.compile(r"[!-~]{1,200}")
REFUSES = {operation.id: operation.refuses for operation in operations()}
STREAMS = [operation for operation in operations() if operation.is_stream]
"""Left out: a stream has no end to wait for. `tests/regulator/test_streams.py` has them."""
SAY_SOMETHING = {operation.id for operation in operations() if operation.body is not None}
TRACE = [{"$ref": f"#/components/parameters/{name}"} for name in ("traceparent", "tracestate")]
"""Whatever they say, the answer is the same, so that they only multiply the requests."""
A_ROUND = 20
"""Walks that share a seed."""
SETTINGS: dict[str, Any] = {
    "seed": 20230601,
    "continue-on-failure": True,
    "cache": {"enabled": False},
    "generation": {"deterministic": True, "database": "none"},
    "checks": {
        # A wrong form is refused as that; who sent it or what there is would be no reason.
        "negative_data_rejection": {
            "expected-statuses": ["400", "404", "405", "413", "415", "422"]
        },
        # `_refused_though_right` looks at this instead, and more closely.
        "positive_data_acceptance": {"enabled": False},
    },
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One generated request and what came back."""

    operation: str
    identity: str | None
    """The name under which it was sent, where there are several."""
    fits: bool
    """Whether the request fits its schema."""
    request: str
    status: int
    breaches: tuple[str, ...]
    """Everything that is wrong with the answer."""


def requests_for(operation: str, world: World, *, by_chance: int) -> Iterator[Sent]:
    """Everything made for one operation: its examples, every boundary, and so many by chance."""
    schema = _schema(world, {"phases": one_by_one(by_chance)})
    return sent_by(schema.include(operation_id=operation))


def walks(world: World, *, in_process: bool = False) -> Iterator[Sent]:
    """Requests one after the other, where answers name what the next request asks for; as many as
    are taken.

    Walks come in rounds, each with a seed of its own: the world has grown when a walk is tried
    again, and its other answers end the round early.
    """
    for seed in count(SETTINGS["seed"]):
        schema = _schema(world, {"seed": seed, "phases": in_walks(A_ROUND)})
        if in_process:
            schema.app = Front(world.simulator, world.loop)
        sent = list(sent_by(schema))
        assert sent, "no walk leads anywhere"
        yield from sent


def one_by_one(by_chance: int) -> dict[str, Any]:
    """The phases in which each operation stands alone."""
    return {
        "fuzzing": {
            "generation": {"max-examples": by_chance},
            # What is sent must not hang on what was answered, or no two runs are alike.
            "extra-data-sources": {"responses": False},
            "error-feedback": {"enabled": False},
        },
        "stateful": {"enabled": False},
    }


def in_walks(count: int) -> dict[str, Any]:
    """The phase in which one answer leads to the next request."""
    return {
        "enabled": False,
        "stateful": {"enabled": True, "generation": {"max-examples": count}},
    }


def _schema(world: World, settings: dict[str, Any]) -> schemathesis.BaseSchema:
    base_url = f"{world.at.base}/{SANDBOX}/v1"
    config = schemathesis.Config.from_dict(SETTINGS | {"base-url": base_url} | settings)
    schema = schemathesis.openapi.from_dict(document(), config=config)
    schema.auth.set_from_requests(Signature(world))
    schemathesis.serializer(NDJSON)(_as_lines)

    @schema.hook("filter_case")
    def is_wrong_on_the_wire_too(context: HookContext, case: Case[Any]) -> bool:
        """Whatever is sent as lines is a text."""
        return case.media_type != NDJSON or isinstance(case.body, str)

    @schema.hook("map_case")
    def make_lawful(context: HookContext, case: Case[Any]) -> Case[Any]:
        """What is drawn by chance leads anywhere, unless it says something that must be taken; a
        boundary stays the boundary that it is, and a walk leads where it has been."""
        assert case.meta is not None
        if case.meta.generation.mode.is_positive:
            phase, operation = case.meta.phase.name.value, operation_of(case)
            go_on_where_a_page_ended(case, operation)
            if phase == "coverage" or (phase == "fuzzing" and operation in SAY_SOMETHING):
                name_what_exists(case, operation, world)
            if phase in ("fuzzing", "stateful"):
                say_what_is_lawful(case, operation, world)
        return case

    return schema


def document() -> dict[str, Any]:
    """What the regulator publishes, apart from what would keep it from being tried."""
    document = openapi.document(SANDBOX)
    for operation in STREAMS:
        del document["paths"][operation.path]
    for methods in document["paths"].values():
        for described in methods.values():
            del described["security"]  # Or signatures would be left out again after signing.
            described["parameters"] = [
                parameter for parameter in described["parameters"] if parameter not in TRACE
            ]
    registration = document["paths"]["/registrations"]["post"]["requestBody"]["content"]
    example = registration["application/json"]["example"]
    # Nobody waits at the callback of the example, which would be called.
    registration["application/json"]["example"] = example | {"callback_url": None}
    return document


def _as_lines(context: SerializationContext, value: str) -> bytes:
    return value.encode()


class Signature(requests.auth.AuthBase):
    """Signs what leaves as the platform, once it is as it will be on the wire."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        assert request.url is not None
        assert request.method is not None
        number = next(self._world.numbers)
        headers = {name: _text(value) for name, value in request.headers.items()}
        if A_KEY.fullmatch(headers.get("Idempotency-Key", "")):
            headers["Idempotency-Key"] = f"key-{number}"  # Two messages, two keys.
        if request.url.endswith("/registrations"):
            request.url = request.url.replace(f"/{SANDBOX}/", f"/{NEWCOMERS}/")
            request.headers = CaseInsensitiveDict(headers)
            return request
        if "If-Match" in headers:
            headers["If-Match"] = "*"  # A tag can only be repeated; no text by chance is right.
        body: Any = request.body or b""
        request.headers = CaseInsensitiveDict(
            sign(
                method=request.method,
                url=request.url,
                headers=headers,
                body=body.encode() if isinstance(body, str) else body,
                key=self._world.platform.key,
                key_id=self._world.platform.key_id,
                nonce=f"generated-{number}",
                created=datetime.now(UTC),
            )
        )
        return request


def sent_by(schema: schemathesis.BaseSchema) -> Iterator[Sent]:
    for event in from_schema(schema).execute():
        match event:
            case events.FatalError():
                raise event.exception
            case events.NonFatalError():
                raise event.value
            case events.ScenarioFinished():
                yield from _told(event.recorder, event.phase.value)


def _told(recorder: ScenarioRecorder, phase: str) -> Iterator[Sent]:
    for id, node in recorder.cases.items():
        request, response = recorder.interactions[id].request, recorder.interactions[id].response
        assert response is not None, f"no answer to {_shown(request)}"
        meta = node.value.meta
        # Without it the request is another's, sent again by a check.
        operation, fits = operation_of(node.value), meta is None or meta.generation.mode.is_positive
        breaches = [
            f"{check.name}: {check.failure_info.failure}"
            for check in recorder.checks.get(id, ())
            if check.failure_info is not None
        ]
        if meta is not None and fits and response.status_code >= 400:
            breaches += _refused_though_right(operation, phase, response.content)
        identity = node.value.auth_identity
        yield Sent(
            operation, identity, fits, _shown(request), response.status_code, tuple(breaches)
        )


def _refused_though_right(operation: str, phase: str, problem: bytes | None) -> Iterator[str]:
    """A message by chance is lawful, so it is taken. Anything else that fits its schema may speak
    of what is not there; it is refused by one of its lifecycle's codes then, never for its form."""
    code = json.loads(problem or b"{}").get("code")
    must_be_taken = phase == "fuzzing" and operation in SAY_SOMETHING
    if must_be_taken or code not in REFUSES[operation]:
        yield f"refused as {code}, though it is right"


def operation_of(case: Case[Any]) -> str:
    return str(case.operation.definition.raw["operationId"])


def _shown(request: Request) -> str:
    """Enough of a request to send it again."""
    signature = ("signature", "signature-input", "content-digest")
    headers = {
        name: ", ".join(values)
        for name, values in request.headers.items()
        if name.lower() not in signature
    }
    return f"{request.method} {request.uri} {headers} {request.body!r}"


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
