"""What a refusal looks like, code by code: which operation refuses with which, and an example."""

from typing import Any

from simulator.regulator.api import Operation
from simulator.regulator.published import headers
from simulator.regulator.refusal import CODES

SIGNATURE_CODES = (
    "signature_missing",
    "signature_malformed",
    "signature_invalid",
    "signature_stale",
    "components_missing",
    "digest_mismatch",
    "key_unknown",
    "key_retired",
    "key_revoked",
    "certificate_mismatch",
    "nonce_replayed",
)
ALWAYS = (
    "body_too_large",
    "request_too_slow",
    "target_too_long",
    "headers_too_large",
    "encoding_unsupported",
    "encoding_malformed",
    "query_invalid",
    "rate_limited",
    "journal_unavailable",
    "scenario_forbidden",
    "scenario_unknown",
)
IDEMPOTENCY_CODES = ("idempotency_key_invalid", "idempotency_conflict")
BODY_CODES = ("json_malformed", "json_too_deep", "content_type_unsupported", "body_invalid")

POINTED_AT: dict[str, tuple[str, Any, str]] = {
    "body_invalid": ("/records", 0, "be greater than or equal to 1"),
    "content_type_unsupported": ("header:content-type", "text/plain", "be application/json"),
    "idempotency_key_invalid": (
        "header:idempotency-key",
        "two words",
        "have 1 to 200 visible ASCII characters",
    ),
    "precondition_failed": (
        "header:if-match",
        '"0cc175b9c0f1b6a831c399e269772661"',
        f"name the current entity tag, {headers.TAG_EXAMPLE}",
    ),
    "query_invalid": ("query:limit", "0", "be a whole number from 1 to 200"),
}
"""Where an example points at something: the pointer, the value, and what it must do or be."""

HEADERS_OF = {401: ["WWW-Authenticate"], 412: ["ETag"], 429: ["Retry-After"]}
"""What a status tells beside the problem."""


def refusals(operation: Operation) -> list[str]:
    """Every code that an operation may refuse with."""
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
    if operation.changes is not None:
        codes.append("precondition_failed")
    return [*codes, *operation.refuses]


def by_status(operation: Operation) -> dict[str, Any]:
    """The refusals of an operation as its responses."""
    grouped: dict[int, list[str]] = {}
    for code in refusals(operation):
        grouped.setdefault(CODES[code].status, []).append(code)
    return {str(status): _response(status, codes) for status, codes in sorted(grouped.items())}


def _response(status: int, codes: list[str]) -> dict[str, Any]:
    unique = list(dict.fromkeys(codes))
    names = [*headers.ON_EVERY_ANSWER, *HEADERS_OF.get(status, [])]
    return {
        "description": "; ".join(f"`{code}`: {CODES[code].title}" for code in unique),
        "headers": headers.referred(names),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {code: {"value": example(code)} for code in unique},
            }
        },
    }


def example(code: str) -> dict[str, Any]:
    """A problem with this code."""
    told = CODES[code]
    errors = []
    if code in POINTED_AT:
        pointer, value, must = POINTED_AT[code]
        detail = f"{pointer} must {must}, but was {value!r}"
        errors = [
            {"pointer": pointer, "code": code, "detail": detail, "value": value, "expected": must}
        ]
    return {
        "type": f"urn:reinspect:problem:{code}",
        "title": told.title,
        "status": told.status,
        "code": code,
        "detail": errors[0]["detail"] if errors else f"{told.title}.",
        "clause": told.clause,
        "errors": errors,
    }
