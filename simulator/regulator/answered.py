"""What one request came to, and the response that says so."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from simulator.journal.events import Event
from simulator.messages import signature
from simulator.regulator import reading, views
from simulator.regulator.heard import Heard
from simulator.regulator.refusal import Refusal, refuse, refuse_plainly
from simulator.regulator.timing import Timing
from simulator.regulator.tracing import Trace

PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Answered:
    """Status, answer and headers for the sender; refusal and events for the journal."""

    status: int
    answer: dict[str, Any] | None
    """`None` where there is no body."""
    headers: dict[str, str] = field(default_factory=dict)
    refusal: str | None = None
    events: tuple[Event, ...] = ()
    replayed: bool = False
    body: bytes = field(init=False, repr=False)
    """The answer as it goes out."""

    def __post_init__(self) -> None:
        body = b"" if self.answer is None else as_bytes(self.answer)
        object.__setattr__(self, "body", body)

    @property
    def taken(self) -> bool:
        return self.refusal is None and not self.replayed

    def response(self, timing: Timing, trace: Trace | None = None) -> Response:
        """The response; `trace` goes on from the journal's entry, where there is one."""
        headers = self.headers | {"server-timing": timing.header()}
        headers |= {} if trace is None else trace.headers()
        if self.answer is None:
            return Response(status_code=self.status, headers=headers)
        media_type = "application/json" if self.refusal is None else PROBLEM
        return Response(self.body, self.status, headers, media_type)


def as_bytes(answer: dict[str, Any]) -> bytes:
    """JSON as it goes out; a lone surrogate that a sender smuggled in goes back escaped."""
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "backslashreplace")


def refused(refusal: Refusal, events: tuple[Event, ...] = ()) -> Answered:
    """The problem that tells of a refusal; `events` were decided all the same."""
    headers: dict[str, str] = {}
    if refusal.retry_after_s is not None:
        headers["retry-after"] = str(max(1, math.ceil(refusal.retry_after_s)))
    if refusal.code == "request_too_slow":
        headers["connection"] = "close"  # What is still to come is no request of its own.
    if refusal.code == "encoding_unsupported":
        headers["accept-encoding"] = "gzip, deflate"
    if refusal.status == 401:
        headers["www-authenticate"] = f'Signature label="{signature.LABEL}"'
    return Answered(
        refusal.status,
        views.problem(refusal).model_dump(mode="json"),
        headers,
        refusal.code,
        events,
    )


def unknown(heard: Heard, allowed: Sequence[str]) -> Answered:
    """The answer to a request that no operation takes; `allowed` are the methods of its path."""
    if not allowed:
        nothing = f"there is nothing at {reading.shown(heard.path)}"
        return refused(refuse_plainly("not_found", nothing, heard.path))
    methods = ", ".join(allowed)
    answered = refused(
        refuse("method_not_allowed", "method", heard.method, f"be {' or '.join(allowed)}")
    )
    answered.headers["allow"] = methods
    return answered
