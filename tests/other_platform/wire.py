"""Requests over connections that are kept; what went wrong is told by how much may have arrived."""

import http.client
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


class NoAnswer(Exception):
    """Nobody knows whether the request was heard; it may be repeated after `retry_after_s`."""

    def __init__(self, why: str, retry_after_s: float = 0.0) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s


class NotConnected(NoAnswer):
    """Not one byte was sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    retry_after_s: float


class Wire:
    """One party abroad or at the regulator's, below `base`."""

    def __init__(self, base: str, patience_s: float = 2.0) -> None:
        parts = urlsplit(base)
        self.path = parts.path.rstrip("/")
        self._host, self._patience_s = parts.netloc, patience_s
        secure = parts.scheme == "https"
        self._kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self._idle: deque[http.client.HTTPConnection] = deque()

    def exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer; `path` is whole, with its query. Any thread may ask at any time."""
        connection = self._connection()
        try:
            connection.request(method, path, body or None, dict(headers))
            response = connection.getresponse()
            told = response.read()
        except (OSError, http.client.HTTPException) as failure:
            connection.close()
            raise NoAnswer(f"{method} {path}: {failure!r}") from failure
        self._idle.append(connection)
        return Answer(response.status, told, _seconds(response.getheader("Retry-After")))

    def _connection(self) -> http.client.HTTPConnection:
        try:
            return self._idle.pop()
        except IndexError:
            connection = self._kind(self._host, timeout=self._patience_s)
        try:
            connection.connect()
        except OSError as failure:
            raise NotConnected(f"{self._host}: {failure}") from failure
        return connection


def _seconds(header: str | None) -> float:
    return float(header) if header and header.isdecimal() else 0.0
