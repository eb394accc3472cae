"""The interface described for machines: OpenAPI 3.1, made from the operations themselves."""

from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import models_json_schema

from simulator.law.materials import BY_NUMBER
from simulator.messages.feed import RefusedLine
from simulator.messages.notice import Notice
from simulator.messages.problem import Problem
from simulator.messages.registration import Challenge
from simulator.regulator.api import Operation, operations, resources
from simulator.regulator.reading import LIMITS
from simulator.regulator.refusal import CODES

SIGNATURE_CODES = (
    "signature_missing",
    "signature_malformed",
    "signature_invalid",
    "signature_stale",
    "components_missing",
    "digest_mismatch",
    "key_unknown",
    "nonce_replayed",
)
ALWAYS = ("body_too_large", "query_invalid", "rate_limited", "journal_unavailable")
IDEMPOTENCY_CODES = ("idempotency_key_invalid", "idempotency_conflict")
BODY_CODES = ("json_malformed", "content_type_unsupported", "body_invalid")

ID_PATTERNS = {
    "declarations": ("^dcl-[1-9][0-9]{0,17}$", "dcl-1"),
    "authorizations": ("^aut-[1-9][0-9]{0,17}$", "aut-1"),
    "transmissions": ("^trm-[1-9][0-9]{0,17}$", "trm-1"),
    "notices": ("^ntc-[1-9][0-9]{0,17}$", "ntc-1"),
    "certifications": ("^cer-[1-9][0-9]{0,17}$", "cer-1"),
    "contracts": ("^con-[1-9][0-9]{0,17}$", "con-1"),
    "cases": ("^cas-[1-9][0-9]{0,17}$", "cas-1"),
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


QUERIES: dict[str, list[dict[str, Any]]] = {
    "no": [],
    **{lists: _page_queries(*limits) for lists, limits in LIMITS.items()},
    "notices": [
        {
            "name": "after",
            "in": "query",
            "description": "Only notices with a larger `sequence`.",
            "schema": {"type": "integer", "minimum": 0, "maximum": 999999999999999, "default": 0},
        }
    ],
}
CONTENT_DIGEST = {
    "name": "Content-Digest",
    "in": "header",
    "description": "RFC 9530, sha-256 of the body; the signature covers it.",
    "schema": {"type": "string"},
}
SECURITY_SCHEMES = {
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "Signature",
        "description": "RFC 9421 by Ed25519 under the label `reinspect`.",
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


def document(sandbox: str) -> dict[str, Any]:
    """The OpenAPI document of one sandbox's regulator."""
    paths: dict[str, dict[str, Any]] = {}
    for resource in resources().values():
        for operation in resource.operations:
            described = _operation(operation, resource.id)
            paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "reinspect: the regulator, for platforms",
            "version": "1",
            "description": INTRODUCTION,
        },
        "servers": [{"url": f"/{sandbox}/v1"}],
        "tags": [
            {"name": resource.id, "description": resource.title}
            for resource in resources().values()
        ],
        "paths": paths,
        "webhooks": _webhooks(),
        "components": {
            "schemas": _schemas(),
            "responses": {},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


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
    parameters = [*_path_parameters(operation), *QUERIES[operation.lists]]
    if operation.idempotency != "none":
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": operation.idempotency == "required",
                "description": (
                    "Of your choice, one a message. Sent again with the same body it gets the"
                    " former answer, with another body a refusal. The signature covers it."
                ),
                "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
            }
        )
    if operation.body is not None and operation.is_signed:
        parameters.append(CONTENT_DIGEST)
    return parameters


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
                yield parameter | {"description": "Number of the material.", "schema": schema}
            case "{digest}":
                schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
                yield parameter | {"description": "SHA-256 of the payload.", "schema": schema}


def _responses(operation: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {
        str(operation.status): {
            "description": operation.title,
            "content": {
                "application/json": {
                    "schema": {"$ref": f"#/components/schemas/{operation.answers.__name__}"},
                    "example": operation.example,
                }
            },
            "headers": _answer_headers(operation),
            "links": {
                target: {"operationId": target, "parameters": {name: "$response.body#/id"}}
                for target, name in operation.links.items()
            },
        }
    }
    by_status: dict[int, list[str]] = {}
    for code in _refusals(operation):
        by_status.setdefault(CODES[code].status, []).append(code)
    for status, codes in sorted(by_status.items()):
        responses[str(status)] = _problem(status, codes)
    return responses


def _refusals(operation: Operation) -> list[str]:
    codes = list(ALWAYS)
    if operation.is_signed:
        codes += SIGNATURE_CODES
    if operation.needs_confirmed_callback:
        codes.append("callback_unconfirmed")
    if operation.idempotency == "required":
        codes.append("idempotency_key_missing")
    if operation.idempotency != "none":
        codes += IDEMPOTENCY_CODES
    if operation.body is not None:
        codes += BODY_CODES
    return [*codes, *operation.refuses]


def _answer_headers(operation: Operation) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if operation.status == 201:
        headers["Location"] = {
            "description": "Where it can be read.",
            "schema": {"type": "string"},
        }
    if operation.idempotency != "none":
        headers["Idempotency-Replayed"] = {
            "description": "`true` where this is the former answer, given again.",
            "schema": {"type": "string", "enum": ["true"]},
        }
    return headers


def _problem(status: int, codes: list[str]) -> dict[str, Any]:
    unique = list(dict.fromkeys(codes))
    described: dict[str, Any] = {
        "description": "; ".join(f"`{code}`: {CODES[code].title}" for code in unique),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {code: {"value": _example(code)} for code in unique},
            }
        },
    }
    if status == 429:
        described["headers"] = {
            "Retry-After": {"description": "Seconds.", "schema": {"type": "string"}}
        }
    return described


def _example(code: str) -> dict[str, Any]:
    told = CODES[code]
    return {
        "type": f"urn:reinspect:problem:{code}",
        "title": told.title,
        "status": told.status,
        "code": code,
        "detail": f"{told.title}.",
        "clause": told.clause,
        "errors": [],
    }


def _webhooks() -> dict[str, Any]:
    """What the regulator sends to a callback, signed as requests are, by its own key."""

    def sent(schema: str, title: str, media_type: str) -> dict[str, Any]:
        content = {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
        return {
            "post": {
                "summary": title,
                "requestBody": {"required": True, "content": content},
                "responses": {"2XX": {"description": "Acknowledged."}},
            }
        }

    return {
        "challenge": sent("Challenge", "Answer 200 with the same body", "application/json"),
        "notice": sent("Notice", "Any 2xx acknowledges", "application/cloudevents+json"),
    }


def _schemas() -> dict[str, Any]:
    read = {
        model for operation in operations() if operation.body for model in operation.body.models
    }
    answered = {operation.answers for operation in operations()} | {Problem, RefusedLine}
    sent = {Notice, Challenge}
    inputs = [(model, "validation") for model in sorted(read, key=lambda model: model.__name__)]
    outputs = [
        (model, "serialization")
        for model in sorted(answered | sent, key=lambda model: model.__name__)
    ]
    _, schema = models_json_schema(
        [*inputs, *outputs],  # type: ignore[list-item]
        ref_template="#/components/schemas/{model}",
    )
    definitions: dict[str, Any] = schema["$defs"]
    return definitions
