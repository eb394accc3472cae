"""Feed and notices described as events for machines: AsyncAPI 3.0, from the same messages.

What the regulator receives is the feed; what it sends are challenges and notices, to a callback,
and to whoever asks for them.
"""

from typing import Any, get_args

from simulator.messages.feed import FeedType
from simulator.messages.tidings import TIDINGS
from simulator.regulator.api.feed import EXAMPLE as FEED_EVENT
from simulator.regulator.published.schemas import REF, name_of, schemas
from simulator.regulator.published.webhooks import CHALLENGE, SIGNED, notice_example

CLOUD_EVENT = "application/cloudevents+json"
DIGEST = FEED_EVENT["data"]["payload"]
INTRODUCTION = (
    "The events between a platform and the simulated regulator, as CloudEvents 1.0. Requests and"
    " answers are described at `openapi.json` beside this document."
)
FEED_DATA: dict[str, dict[str, Any]] = {
    "transmission.started": {"records": 0, "bytes": 0, "payload": None},
    "transmission.progressed": {"records": 1, "bytes": 412, "payload": DIGEST},
    "transmission.ended": {"records": 1, "bytes": 412, "payload": None},
}
"""What the data of an example says, by the type of the feed's event."""


def document(sandbox: str) -> dict[str, Any]:
    """The AsyncAPI document of one sandbox's regulator."""
    feed = [_key(type) for type in get_args(FeedType)]
    notices = [_key(type) for type in TIDINGS]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "reinspect: feed and notices",
            "version": "1",
            "description": INTRODUCTION,
        },
        "defaultContentType": CLOUD_EVENT,
        "servers": {
            "regulator": {
                "host": "{host}",
                "protocol": "http",
                "pathname": f"/{sandbox}/v1",
                "variables": {
                    "host": {
                        "description": "Where this document came from.",
                        "default": "127.0.0.1:8900",
                    }
                },
                "security": [{"$ref": "#/components/securitySchemes/signature"}],
            }
        },
        "channels": {
            "feed": _channel("/feed", "Monitoring while data leaves, by `POST`.", feed),
            "notices": _channel("/notices", "Notices for whoever asks, by `GET`.", notices),
            "callback": _channel(
                None,
                "The `callback_url` of the registration, by `POST`.",
                ["challenge", *notices],
            ),
        },
        "operations": {
            "receiveFeed": _operation("receive", "feed", feed),
            "tellNotices": _operation("send", "notices", notices),
            "bringNotices": _operation("send", "callback", ["challenge", *notices]),
        },
        "components": {
            "messages": dict(_feed_messages() | _notice_messages(sandbox)),
            "schemas": _schemas(),
            "securitySchemes": {
                "signature": {
                    "type": "httpApiKey",
                    "in": "header",
                    "name": "Signature",
                    "description": "RFC 9421 under the label `reinspect`.",
                }
            },
        },
    }


def _channel(address: str | None, description: str, messages: list[str]) -> dict[str, Any]:
    return {
        "address": address,
        "description": description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
    }


def _operation(action: str, channel: str, messages: list[str]) -> dict[str, Any]:
    at = f"#/channels/{channel}"
    return {
        "action": action,
        "channel": {"$ref": at},
        "messages": [{"$ref": f"{at}/messages/{name}"} for name in messages],
    }


def _feed_messages() -> dict[str, Any]:
    """One message a type of the feed's events."""
    messages: dict[str, Any] = {}
    for place, (type, data) in enumerate(FEED_DATA.items(), start=1):
        own = {"properties": {"type": {"const": type}}}
        example = FEED_EVENT | {"id": f"trm-1/{place}", "type": type, "sequence": place}
        example |= {"data": FEED_EVENT["data"] | data}
        messages[_key(type)] = {
            "name": type,
            "contentType": "application/x-ndjson",
            "payload": {"allOf": [{"$ref": f"{REF}FeedEvent"}, own]},
            "examples": [{"payload": example}],
        }
    return messages


def _notice_messages(sandbox: str) -> dict[str, Any]:
    """The challenge, and one message a type of notice."""
    messages: dict[str, Any] = {
        "challenge": {
            "name": "challenge",
            "title": "Answer 200 with the same body",
            "contentType": "application/json",
            "headers": _signed(),
            "payload": {"$ref": f"{REF}Challenge"},
            "examples": [{"payload": CHALLENGE}],
        }
    }
    for type, told in TIDINGS.items():
        messages[_key(type)] = {
            "name": type,
            "title": told.title,
            "contentType": CLOUD_EVENT,
            "headers": _signed(),
            "payload": {"$ref": f"{REF}{name_of(type)}"},
            "examples": [{"payload": notice_example(type, sandbox)}],
        }
    return messages


def _signed() -> dict[str, Any]:
    """The headers of what the regulator sends to a callback."""
    return {
        "type": "object",
        "properties": {
            name: {"type": "string", "description": description}
            for name, (description, _) in SIGNED.items()
        },
    }


def _schemas() -> dict[str, Any]:
    """The messages, without OpenAPI's union of all notices, whose discriminator means another thing
    in AsyncAPI."""
    told = {told.data.__name__ for told in TIDINGS.values()} | set(map(name_of, TIDINGS))
    wanted = {"Challenge", "FeedEvent", "FeedData"} | told
    return {name: schema for name, schema in schemas().items() if name in wanted}


def _key(type: str) -> str:
    """`declarationDecided` of `declaration.decided`, as the keys of the document are written."""
    first, *others = type.replace("_", ".").split(".")
    return first + "".join(word.capitalize() for word in others)
