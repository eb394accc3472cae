"""While data leaves: the monitoring events, one or many in a body, each judged on its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, FailFast, Field, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from simulator.messages.feed import FeedAnswer, FeedEvent, RefusedLine
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken
from simulator.regulator.columns import FeedColumns
from simulator.regulator.lifecycle import feed
from simulator.regulator.limits import LINES, passed
from simulator.regulator.reading import (
    JSON,
    refuse_content_type,
    refuse_json,
    shown,
    told,
    validated,
)
from simulator.regulator.refusal import Refusal, refuse

NDJSON = "application/x-ndjson"
_Events = Annotated[list[FeedEvent], FailFast(), Field(max_length=LINES.value)]
_ARRAY = TypeAdapter(_Events)
MISTAKES_MAX = 20
"""Mistakes of one line that its refusal tells."""
LINES_TOLD_WHOLE = 1_000
"""Refused lines of one body that tell more than their first mistake; a body of nothing but
mistakes would keep everybody waiting."""
EXAMPLE: dict[str, Any] = {
    "specversion": "1.0",
    "id": "trm-1/2",
    "source": "example-pay",
    "type": "transmission.progressed",
    "subject": "trm-1",
    "time": "2023-06-01T08:00:01Z",
    "sequence": 2,
    "data": {
        "records": 1,
        "bytes": 412,
        "payload": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "categories": ["M01", "M02", "M03"],
        "recipient": "acquirer-sg",
        "country": "SG",
    },
}


@dataclass(frozen=True, slots=True)
class FeedLines:
    """The lines of one body: those that are events, with their numbers, and those that are not."""

    events: tuple[tuple[int, FeedEvent], ...]
    unreadable: tuple[RefusedLine, ...]


class FeedBody:
    """NDJSON or a JSON array; a line that cannot be read costs the others nothing."""

    @property
    def content(self) -> dict[str, Any]:
        line = {
            "anyOf": [
                {"$ref": "#/components/schemas/FeedEvent"},
                {"description": "Anything else is refused as a line; the others are taken."},
            ]
        }
        text = to_json(EXAMPLE).decode()
        return {
            JSON: {"schema": {"type": "array", "items": line}, "example": [EXAMPLE]},
            NDJSON: {
                "schema": {"type": "string", "description": "One event a line."},
                "example": f"{text}\n",
            },
        }

    @property
    def models(self) -> tuple[type[BaseModel], ...]:
        return (FeedEvent,)

    def read(self, media_type: str, body: bytes) -> FeedLines | Refusal:
        match media_type:
            case "application/json":
                return _of_array(body)
            case "application/x-ndjson":
                lines = body.count(b"\n") + (not body.endswith(b"\n"))
                if lines > LINES.value:
                    return passed(LINES, lines)
                return _of_lines(enumerate(body.split(b"\n"), start=1))
            case _:
                return refuse_content_type(media_type, (JSON, NDJSON))


def _of_array(body: bytes) -> FeedLines | Refusal:
    try:
        return FeedLines(tuple(enumerate(_ARRAY.validate_json(body, strict=True), start=1)), ())
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return refuse_json(first["msg"])
    if first["type"] == "too_long" and not first["loc"]:
        return passed(LINES, f"more than {LINES.value}")
    if not first["loc"]:
        return refuse("body_invalid", "", shown(first["input"]), "be an array of events")
    values = from_json(body)
    if len(values) > LINES.value:  # Else as many refusals would be made.
        return passed(LINES, len(values))
    return _of_lines((line, to_json(value)) for line, value in enumerate(values, start=1))


def _of_lines(lines: Iterator[tuple[int, bytes]]) -> FeedLines:
    events: list[tuple[int, FeedEvent]] = []
    unreadable: list[RefusedLine] = []
    for line, text in lines:
        if not text.strip():
            continue
        try:
            events.append((line, validated(FeedEvent.model_validate_json, text)))
        except ValidationError as error:
            known = len(unreadable) < LINES_TOLD_WHOLE
            unreadable.append(_refused_line(line, error, MISTAKES_MAX if known else 1))
    return FeedLines(tuple(events), tuple(unreadable))


def _refused_line(line: int, error: ValidationError, mistakes_max: int) -> RefusedLine:
    details = error.errors(include_url=False, include_context=False)
    if details[0]["type"] == "json_invalid":
        return RefusedLine(line=line, code="json_malformed", detail=details[0]["msg"])
    detail = "; ".join(told(wrong).detail for wrong in details[:mistakes_max])
    return RefusedLine(line=line, code="body_invalid", detail=detail)


def _feed(call: Call, lines: FeedLines) -> Outcome:
    taken = feed.take(call.state, call.platform, FeedColumns.of(lines.events), call.now)
    refused = sorted((*lines.unreadable, *taken.refused), key=lambda line: line.line)
    accepted = len(lines.events) - len(taken.refused)
    alerts = tuple(event.id for event in taken.events if event.event == "alert_raised")
    return Taken(
        taken.events,
        lambda: FeedAnswer(accepted=accepted, refused=tuple(refused), alerts=alerts),
    )


FEED = Resource(
    id="feed",
    title="Monitoring while data leaves",
    operations=(
        Operation(
            id="feed",
            method="POST",
            path="/feed",
            title="Send monitoring events; each line is taken or refused on its own",
            body=FeedBody(),
            answers=FeedAnswer,
            example={
                "accepted": 1,
                "refused": [
                    {
                        "line": 2,
                        "code": "sequence_duplicate",
                        "detail": "sequence 2 of trm-1 was taken before",
                    }
                ],
                "alerts": ["alr-1"],
            },
            ask=_feed,
            idempotency="optional",
            needs_confirmed_callback=True,
        ),
    ),
)
