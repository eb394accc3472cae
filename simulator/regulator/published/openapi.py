"""The interface described for machines: OpenAPI 3.1, made from the operations themselves."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from simulator.law.materials import BY_NUMBER
from simulator.regulator.api import Operation, operation_of, resources
from simulator.regulator.published import headers, problems
from simulator.regulator.published.schemas import schemas
from simulator.regulator.published.webhooks import webhooks
from simulator.regulator.reading import LIMITS

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ID_PATTERNS = {
    "declarations": ("^dcl-[1-9][0-9]{0,17}$", "dcl-1"),
    "authorizations": ("^aut-[1-9][0-9]{0,17}$", "aut-1"),
    "transmissions": ("^trm-[1-9][0-9]{0,17}$", "trm-1"),
    "notices": ("^ntc-[1-9][0-9]{0,17}$", "ntc-1"),
    "certifications": ("^cer-[1-9][0-9]{0,17}$", "cer-1"),
    "contracts": ("^con-[1-9][0-9]{0,17}$", "con-1"),
    "alerts": ("^alr-[1-9][0-9]{0,17}$", "alr-1"),
    "inspections": ("^ins-[1-9][0-9]{0,17}$", "ins-1"),
    "cases": ("^cas-[1-9][0-9]{0,17}$", "cas-1"),
    "registrations": ("^key-[0-9a-f]{16}$", "key-56475aa75463474c"),
    "rule-packs": ("^r[0-9]{4}$", "r2022"),
}


def _page_queries(limit: int, limit_max: int) -> list[dict[str, Any]]:
    bounds = {"minimum": 1, "maximum": limit_max, "default": limit}
    return [
        {
            "name": "cursor",
            "in": "query",
            "description": "`next_cursor` of the page before; opaque, and good for this list only.",
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{2,200}$"},
        },
        {
            "name": "limit",
            "in": "query",
            "description": "Items on the page.",
            "schema": {"type": "integer", **bounds},
        },
    ]


AFTER = {"type": "integer", "minimum": 0, "maximum": 999999999999999, "default": 0}
QUERIES: dict[str, list[dict[str, Any]]] = {
    "no": [],
    **{lists: _page_queries(*limits) for lists, limits in LIMITS.items()},
    "notices": [
        {
            "name": "after",
            "in": "query",
            "description": "Only notices with a larger `sequence`.",
            "schema": AFTER,
        }
    ],
    "alerts": [
        {
            "name": "after",
            "in": "query",
            "description": "Begin after the alert of this number, which was the `id` of its event.",
            "schema": AFTER,
        }
    ],
}
SECURITY_SCHEMES = {
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "Signature",
        "description": "RFC 9421 by the sandbox's suite under the label `reinspect`.",
    },
    "signatureInput": {
        "type": "apiKey",
        "in": "header",
        "name": "Signature-Input",
        "description": (
            'Covers `"@method" "@path" "@query"`, then `"content-digest"` when the body is not'
            ' empty, then `"idempotency-key"` when that header is sent, with the parameters'
            " `created` (within 300 s), `keyid` and `nonce` (once)."
        ),
    },
}
INTRODUCTION = (
    "What a cross-border payment platform does: register, declare data before it leaves, announce"
    " each transmission, feed the monitoring while it leaves, close it, record its lineage, obey"
    " notices. Every request but the registration is signed. Every refusal is an RFC 9457 problem"
    " with a stable `code` and names everything that is wrong at once. An injected fault may strike"
    " any request with any status, or with none."
)


def document(sandbox: str, *, scenario_headers: bool = False) -> dict[str, Any]:
    """The OpenAPI document of one sandbox's regulator, to be changed by whoever gets it; the header
    that steers the regulator stands only where the sandbox listens to it."""
    whole: dict[str, Any] = json.loads(_text())
    whole["servers"] = [{"url": f"/{sandbox}/v1"}]
    if scenario_headers:
        whole["components"]["parameters"]["scenario"] = headers.SCENARIO
        for methods in whole["paths"].values():
            for described in methods.values():
                described["parameters"].append({"$ref": "#/components/parameters/scenario"})
    return whole


@cache
def _text() -> str:
    """The document apart from its sandbox; it is the same as long as the process lives."""
    paths: dict[str, dict[str, Any]] = {}
    for resource in resources().values():
        for operation in resource.operations:
            described = _operation(operation, resource.id)
            paths.setdefault(operation.path, {})[operation.method.lower()] = described
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "reinspect: the regulator, for platforms",
            "version": "1",
            "description": INTRODUCTION,
        },
        "servers": [],
        "tags": [
            {"name": resource.id, "description": resource.title}
            for resource in resources().values()
        ],
        "paths": paths,
        "webhooks": webhooks(),
        "components": {
            "schemas": schemas(),
            "parameters": headers.PARAMETERS,
            "headers": headers.HEADERS,
            "securitySchemes": SECURITY_SCHEMES,
        },
    }
    return json.dumps(whole)


def _operation(operation: Operation, tag: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.title,
        "tags": [tag],
        "parameters": _parameters(operation),
        "responses": _responses(operation),
        "security": [{"signature": [], "signatureInput": []}] if operation.is_signed else [],
    }
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": operation.body.content}
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        *_path_parameters(operation),
        *QUERIES[operation.lists],
        *headers.of_request(operation),
    ]


def _path_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    _, resource, *parts = operation.path.split("/")
    for part in parts:
        schema: dict[str, Any]
        parameter = {"name": part[1:-1], "in": "path", "required": True}
        match part:
            case "{id}":
                pattern, example = ID_PATTERNS[resource]
                schema = {"type": "string", "pattern": pattern}
                yield parameter | {"schema": schema, "example": example}
            case "{number}":
                schema = {"type": "integer", "minimum": 1, "maximum": len(BY_NUMBER)}
                described = {"description": "Number of the material.", "schema": schema}
                yield parameter | described | {"example": 1}
            case "{digest}":
                schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
                described = {"description": "SHA-256 of the payload.", "schema": schema}
                yield parameter | described | {"example": DIGEST}


def _responses(operation: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {
        str(operation.status): {
            "description": operation.title,
            "content": _content(operation),
            "headers": headers.of_answer(operation),
            "links": {target: _link(target, to) for target, to in operation.links.items()},
        }
    }
    if operation.method == "GET" and operation.has_tag:
        responses["304"] = {
            "description": "What `If-None-Match` names is still current.",
            "headers": headers.referred([*headers.ON_EVERY_ANSWER, "ETag"]),
        }
    return responses | problems.by_status(operation)


def _content(operation: Operation) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{operation.answers.__name__}"}
    if operation.is_stream:
        data = json.dumps(operation.example, separators=(",", ":"))
        text = f"Server-sent events; the data of each is an `{operation.answers.__name__}`."
        example = f"event: {operation.example['status']}\nid: 1\ndata: {data}\n\n"
        stream = {"schema": {"type": "string", "description": text, "contentSchema": schema}}
        return {"text/event-stream": stream | {"example": example}}
    return {"application/json": {"schema": schema, "example": operation.example}}


def _link(target: str, to: str | Mapping[str, str]) -> dict[str, Any]:
    """How the next request follows from an answer; a name with a slash goes into its body."""
    named = {to: "$response.body#/id"} if isinstance(to, str) else to
    parameters = {name: value for name, value in named.items() if not name.startswith("/")}
    body = {name[1:]: value for name, value in named.items() if name.startswith("/")}
    link: dict[str, Any] = {"operationId": target, "description": operation_of(target).title}
    if parameters:
        link["parameters"] = parameters
    if body:
        link["requestBody"] = body
    return link
