"""A small HTTP/1.1 client over plain sockets that are kept open: for rates at which a complete
client needs more processor time than the platform that it loads.

It sends bytes and reads status and body; it follows no redirect, keeps no cookie and speaks no TLS.
A connection that the server has closed while it was idle is opened anew, once, and only where not a
byte of an answer had come.
"""

import socket
from collections import defaultdict
from urllib.parse import urlsplit

from loadtests.outgoing import Answer, Request, served_s

CHUNK = 65_536
HEAD_MAX = 65_536
"""A head that is longer is no answer."""


class Unreadable(Exception):
    """What came back is no HTTP/1.1 answer."""


class Closed(Exception):
    """The connection ended before an answer."""


class KeepAlive:
    """Connections by host and port; whoever asks takes a free one and puts it back."""

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._free: dict[tuple[str, int], list[_Connection]] = defaultdict(list)

    def ask(self, operation: str, request: Request) -> Answer:
        """The answer; where there is none, its `error` says why. It never raises."""
        parts = urlsplit(request.url)
        place = (parts.hostname or "", parts.port or 80)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            return self._exchange(place, written(request, path, parts.netloc))
        except (OSError, Unreadable, Closed) as error:
            return Answer(0, error=type(error).__name__)

    def _exchange(self, place: tuple[str, int], data: bytes) -> Answer:
        free = self._free[place]
        if free:
            kept = free.pop()
            try:
                return self._on(kept, place, data)
            except (Closed, ConnectionError):
                if kept.heard:
                    raise
                # Otherwise the server had let go of it while it was idle.
        return self._on(_Connection(place, self._patience_s), place, data)

    def _on(self, connection: "_Connection", place: tuple[str, int], data: bytes) -> Answer:
        try:
            answer, stays_open = connection.exchange(data)
        except BaseException:
            connection.close()
            raise
        if stays_open:
            self._free[place].append(connection)
        else:
            connection.close()
        return answer

    def close(self) -> None:
        """Lets every free connection go."""
        for connections in self._free.values():
            for connection in connections:
                connection.close()
        self._free.clear()


def written(request: Request, path: str, host: str) -> bytes:
    """The request as HTTP/1.1 has it."""
    lines = [f"{request.method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    lines += [f"Content-Length: {len(request.body)}", "", ""]
    return "\r\n".join(lines).encode() + request.body


class _Connection:
    """One socket, and what was read of it beyond the last answer."""

    def __init__(self, place: tuple[str, int], patience_s: float) -> None:
        self._socket = socket.create_connection(place, patience_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = b""
        self.heard = False
        """Something of the answer to the last request has come."""

    def close(self) -> None:
        self._socket.close()

    def exchange(self, data: bytes) -> tuple[Answer, bool]:
        """The answer, and whether the connection may be used again."""
        self.heard = False
        self._socket.sendall(data)
        while True:
            status, headers = self._head()
            if status >= 200:
                break  # 1xx only announces the answer.
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = self._chunked()
        elif "content-length" in headers:
            body = self._exactly(_length(headers["content-length"]))
        elif status in (204, 304):
            body = b""
        else:
            return Answer(status, self._rest()), False
        answer = Answer(status, body, served_s=served_s(headers.get("server-timing")))
        return answer, headers.get("connection", "").lower() != "close"

    def _head(self) -> tuple[int, dict[str, str]]:
        while b"\r\n\r\n" not in self._read:
            if len(self._read) > HEAD_MAX:
                raise Unreadable("the head of the answer has no end")
            self._more()
        head, self._read = self._read.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        words = first.split(" ", 2)
        if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
            raise Unreadable(f"the answer begins with {first[:80]!r}")
        pairs = (line.partition(":") for line in lines)
        return int(words[1]), {name.strip().lower(): value.strip() for name, _, value in pairs}

    def _chunked(self) -> bytes:
        parts = []
        while (size := _size(self._line())) > 0:
            parts.append(self._exactly(size))
            self._line()
        while self._line():
            pass  # Trailers say nothing that is needed here.
        return b"".join(parts)

    def _line(self) -> bytes:
        while b"\r\n" not in self._read:
            self._more()
        line, self._read = self._read.split(b"\r\n", 1)
        return line

    def _exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            self._more()
        body, self._read = self._read[:size], self._read[size:]
        return body

    def _rest(self) -> bytes:
        """Everything until the server closes."""
        try:
            while True:
                self._more()
        except Closed:
            return self._read

    def _more(self) -> None:
        data = self._socket.recv(CHUNK)
        if not data:
            raise Closed("the connection ended before the answer did")
        self.heard = True
        self._read += data


def _length(text: str) -> int:
    if not text.isdigit():
        raise Unreadable(f"the answer has a length of {text[:20]!r}")
    return int(text)


def _size(line: bytes) -> int:
    try:
        return int(line.partition(b";")[0], 16)
    except ValueError:
        raise Unreadable(f"a chunk has a size of {line[:20]!r}") from None
