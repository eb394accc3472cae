"""One request as it goes out, and what comes back. Who puts it on the wire is not said here, so
that the same messages serve Locust, a probe and a test.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

DURATION = re.compile(r";\s*dur=([0-9]+(?:\.[0-9]+)?)")
"""Milliseconds of a stage."""


Place = tuple[str, int]
"""Host and port."""


@dataclass(frozen=True, slots=True)
class Written:
    """A request as HTTP/1.1 has it, so that it only has to leave."""

    method: str
    place: Place
    data: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """A request, ready to be sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    def written(self) -> Written:
        """In bytes, for a connection of its own place."""
        parts = urlsplit(self.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"{self.method} {path} HTTP/1.1", f"Host: {parts.netloc}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        place = (parts.hostname or "", parts.port or 80)
        return Written(self.method, place, "\r\n".join(lines).encode() + self.body)


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 and the `error` where nothing did."""

    status: int
    body: bytes = b""
    error: str | None = None
    served_s: float | None = None
    """How long the server says that it needed (`Server-Timing`); `None` where it does not say."""

    def json(self) -> Any:
        """The body as JSON; `None` where it is none."""
        return self._read

    @cached_property
    def _read(self) -> Any:
        """Read once: several look into the same answer while the clock runs."""
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


Send = Callable[[str, Written, Callable[[Answer], None]], None]
"""Puts a request of an operation on the wire and does not wait; the answer is handed over when it
has come, or why there is none."""
Ask = Callable[[str, Request], Answer]
"""Puts a request of an operation on the wire and waits for the answer; it never raises."""
