"""Every header that requests and answers know, described once and referred to everywhere."""

from typing import Any

from simulator.regulator.api import Operation

TRACE_EXAMPLE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TAG_EXAMPLE = '"5d41402abc4b2a76b9719d911017c592"'
DIGEST_EXAMPLE = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
SIGNATURE_EXAMPLE = (
    "reinspect=:emX9BncNu2+vfx4BU8w+m2680dYvTteyaTgzXxgEm3pJtHDKPz8JkLnPJ8+4szij7K9/lilp31di3GMg3"
    "gI6DA==:"
)
SIGNATURE_INPUT_EXAMPLE = (
    'reinspect=("@method" "@path" "@query" "content-digest");created=1685606400;keyid="regulator"'
    ';nonce="ntc-1-1-1685606400.000000"'
)


def _header(name: str, description: str, example: str, **more: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", **more}
    return {
        "name": name,
        "in": "header",
        "description": description,
        "schema": schema,
        "example": example,
    }


PARAMETERS: dict[str, dict[str, Any]] = {
    "contentDigest": _header(
        "Content-Digest", "RFC 9530, sha-256 of the body; the signature covers it.", DIGEST_EXAMPLE
    ),
    "ifMatch": _header(
        "If-Match",
        "Entity tags of what was read, or `*`: the change is made only to one of these. The"
        " signature may cover it.",
        TAG_EXAMPLE,
    ),
    "ifNoneMatch": _header(
        "If-None-Match",
        "Entity tags of what the sender has, or `*`: 304 where that is still current.",
        TAG_EXAMPLE,
    ),
    "traceparent": _header(
        "traceparent",
        "W3C trace context; the trace goes on into the journal, the answer and the notices that"
        " follow. One that cannot be read is ignored.",
        TRACE_EXAMPLE,
    ),
    "tracestate": _header(
        "tracestate", "W3C trace context; sent on beside `traceparent`.", "congo=t61rcWkgMzE"
    ),
}
"""What a request may say beside what its operation demands."""

SCENARIO = _header(
    "Reinspect-Scenario",
    "What the regulator does with this request: a fault, a decision, or both, as"
    " an RFC 9651 dictionary. The signature does not cover it.",
    "decision=after; after_s=5, fault=latency; delay_s=0.5",
)
"""Only sandboxes that were opened with `scenario_headers` listen to it."""


def idempotency_key(*, is_required: bool) -> dict[str, Any]:
    """The key that makes a message one; whether it must be there hangs on the operation."""
    described = _header(
        "Idempotency-Key",
        "Of your choice, one a message. Sent again with the same body it gets the former answer,"
        " with another body a refusal. The signature covers it.",
        "announce-pay-000001",
        pattern="^[!-~]{1,200}$",
    )
    return described | {"required": is_required}


def _answered(description: str, example: str, **more: Any) -> dict[str, Any]:
    return {
        "description": description,
        "schema": {"type": "string", **more},
        "example": example,
    }


HEADERS: dict[str, dict[str, Any]] = {
    "Allow": _answered("The methods of this path.", "GET, POST"),
    "ETag": _answered(
        "The strong entity tag of this representation; for `If-None-Match` and `If-Match`.",
        TAG_EXAMPLE,
    ),
    "Idempotency-Replayed": _answered(
        "`true` where this is the former answer, given again.", "true", enum=["true"]
    ),
    "Location": _answered("Where it can be read.", "/demo/v1/declarations/dcl-1"),
    "RateLimit": _answered(
        "Where a rate is set: requests that are left, and seconds until there is room for all.",
        '"platform";r=2;t=1',
    ),
    "RateLimit-Policy": _answered(
        "Where a rate is set: how many requests in how many seconds.", '"platform";q=3;w=3'
    ),
    "Retry-After": _answered("Seconds to wait before the next attempt.", "1"),
    "Server-Timing": _answered(
        "Milliseconds of each stage: hear, verify, decide, commit.",
        "hear;dur=0.143, verify;dur=0.412, decide;dur=0.118, commit;dur=1.204",
    ),
    "WWW-Authenticate": _answered("How to sign.", 'Signature label="reinspect"'),
    "traceparent": _answered(
        "The trace that goes on; its parent id is the beginning of the digest of the journal entry"
        " that the request made.",
        TRACE_EXAMPLE,
    ),
    "tracestate": _answered("As it came, where it could be read.", "congo=t61rcWkgMzE"),
}
"""What an answer may say beside its body."""

ON_EVERY_ANSWER = ("RateLimit", "RateLimit-Policy", "Server-Timing", "traceparent", "tracestate")


def of_answer(operation: Operation) -> dict[str, Any]:
    """The headers of an answer to a message that was taken."""
    names = list(ON_EVERY_ANSWER)
    if operation.has_tag:
        names.append("ETag")
    if operation.status == 201:
        names.append("Location")
    if operation.idempotency != "none":
        names.append("Idempotency-Replayed")
    return referred(names)


def referred(names: list[str] | tuple[str, ...]) -> dict[str, Any]:
    """These headers, by reference."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in sorted(names)}


def of_request(operation: Operation) -> list[dict[str, Any]]:
    """The headers that a request may have."""
    names = ["traceparent", "tracestate"]
    if operation.method == "GET" and operation.has_tag:
        names.append("ifNoneMatch")
    if operation.changes is not None:
        names.append("ifMatch")
    if operation.body is not None and operation.is_signed:
        names.append("contentDigest")
    parameters = [{"$ref": f"#/components/parameters/{name}"} for name in sorted(names)]
    if operation.idempotency == "none":
        return parameters
    return [idempotency_key(is_required=operation.idempotency == "required"), *parameters]
