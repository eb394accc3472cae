"""One request as it goes out, and what comes back. Who puts it on the wire is not said here, so
that the same messages serve Locust, a probe and a test.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

DURATION = re.compile(r";\s*dur=([0-9]+(?:\.[0-9]+)?)")
"""Milliseconds of a stage."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request, ready to be sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0 and the `error` where nothing did."""

    status: int
    body: bytes = b""
    error: str | None = None
    served_s: float | None = None
    """How long the server says that it needed (`Server-Timing`); `None` where it does not say."""

    def json(self) -> Any:
        """The body as JSON; `None` where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def complaint(self) -> str:
        """What to call this answer where it was not the right one."""
        if self.error is not None:
            return self.error
        told = self.json()
        code = told.get("code") if isinstance(told, dict) else None
        return f"status {self.status}" if code is None else f"status {self.status} {code}"


def served_s(header: str | None) -> float | None:
    """The sum of all stages that a `Server-Timing` header tells; `None` without any."""
    found = [float(duration) for duration in DURATION.findall(header or "")]
    return sum(found) / 1000 if found else None


Ask = Callable[[str, Request], Answer]
"""Puts a request of an operation on the wire and waits for the answer; it never raises."""
