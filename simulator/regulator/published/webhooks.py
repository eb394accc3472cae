"""What the regulator sends to a callback, signed as requests are, by its own key."""

from typing import Any

from simulator.messages.tidings import TIDINGS
from simulator.regulator.published import headers

CHALLENGE = {
    "type": "challenge",
    "token": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
SIGNED = {
    "Signature": ("RFC 9421 by the regulator's key.", headers.SIGNATURE_EXAMPLE),
    "Signature-Input": (
        'Covers `"@method" "@path" "@query" "content-digest"`, with `created`, `keyid` and'
        " `nonce`.",
        headers.SIGNATURE_INPUT_EXAMPLE,
    ),
    "Content-Digest": ("RFC 9530, sha-256 of the body.", headers.DIGEST_EXAMPLE),
    "traceparent": (
        "The trace of the request that caused the notice, or a new one.",
        headers.TRACE_EXAMPLE,
    ),
}


def webhooks() -> dict[str, Any]:
    """The messages to a callback, by name."""
    notices = {
        type: {"summary": told.title, "value": notice_example(type)}
        for type, told in TIDINGS.items()
    }
    echoed = {"application/json": {"schema": _ref("Challenge"), "example": CHALLENGE}}
    return {
        "challenge": _sent(
            "Answer 200 with the same body",
            {"application/json": {"schema": _ref("Challenge"), "example": CHALLENGE}},
            {"200": {"description": "The same body, sent back.", "content": echoed}},
        ),
        "notice": _sent(
            "Any 2xx acknowledges; anything else is tried again with back-off",
            {"application/cloudevents+json": {"schema": _ref("Notice"), "examples": notices}},
            {"2XX": {"description": "Acknowledged."}},
        ),
    }


def notice_example(type: str, sandbox: str = "demo") -> dict[str, Any]:
    """A whole notice of this type."""
    told = TIDINGS[type]
    return {
        "specversion": "1.0",
        "id": "ntc-1",
        "source": f"/{sandbox}/v1",
        "type": type,
        "subject": told.subject,
        "time": "2023-06-02T10:00:00Z",
        "sequence": 1,
        "data": told.example,
    }


def _sent(title: str, content: dict[str, Any], responses: dict[str, Any]) -> dict[str, Any]:
    parameters = [
        {
            "name": name,
            "in": "header",
            "required": name != "traceparent",
            "description": description,
            "schema": {"type": "string"},
            "example": example,
        }
        for name, (description, example) in SIGNED.items()
    ]
    return {
        "post": {
            "summary": title,
            "parameters": parameters,
            "requestBody": {"required": True, "content": content},
            "responses": responses,
        }
    }


def _ref(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}
