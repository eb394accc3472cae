"""A small HTTP/1.1 client over plain sockets that are kept open: for rates at which a complete
client needs more processor time than the platform that it loads.

Watchers of gevent's loop hear the answers as they come, so that no message needs a greenlet of its
own. It sends bytes and reads status and body; it follows no redirect, keeps no cookie and speaks no
TLS. Each connection carries one message at a time. One that the server has closed while it was idle
is opened anew, once, and only where not a byte of an answer had come.
"""

import _socket
import errno
import os
import socket
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import gevent
import httptools
from gevent.event import AsyncResult

from loadtests.outgoing import Answer, Place, Request, Written, served_s

CHUNK = 65_536
HEAD_MAX = 65_536
"""A head that is longer is no answer."""
LOOK_EVERY_S = 0.1
"""How often somebody looks for answers that do not come."""
READ, WRITE = 1, 2

Heard = Callable[[Answer], None]


class KeepAlive:
    """Connections by host and port; whoever sends takes a free one, and it comes back by itself."""

    def __init__(self, patience_s: float) -> None:
        """An answer that takes longer than `patience_s` counts as none."""
        self.loop = gevent.get_hub().loop
        self._patience_s = patience_s
        self._addresses: dict[Place, tuple[Any, ...]] = {}
        self._free: dict[Place, list[_Connection]] = defaultdict(list)
        self._under_way: dict[_Connection, float] = {}
        """Since when each waits for its answer, the longest first."""
        self._looking = self.loop.timer(LOOK_EVERY_S, LOOK_EVERY_S)
        self._looking.start(self._look)

    def send(self, written: Written, heard: Heard) -> None:
        """Sends and does not wait; `heard` is given the answer as soon as it has come."""
        free = self._free[written.place]
        if free:
            connection = free.pop()
            self._under_way[connection] = time.perf_counter()
            connection.send(written, heard, kept=True)
        else:
            self.send_anew(written, heard)

    def send_anew(self, written: Written, heard: Heard) -> None:
        """The same through a new connection."""
        try:
            connection = _Connection(self, self._address(written.place))
        except OSError as error:
            heard(Answer(0, error=type(error).__name__))
            return
        self._under_way[connection] = time.perf_counter()
        connection.send(written, heard, kept=False)

    def _address(self, place: Place) -> tuple[Any, ...]:
        """Found once: nobody asks for a name while the clock runs, but for the first message."""
        if place not in self._addresses:
            self._addresses[place] = socket.getaddrinfo(*place, type=socket.SOCK_STREAM)[0]
        return self._addresses[place]

    def take_back(self, connection: "_Connection", place: Place) -> None:
        """Its answer has come, and it may carry another message."""
        self._under_way.pop(connection, None)
        self._free[place].append(connection)

    def forget(self, connection: "_Connection", place: Place) -> None:
        """It carries nothing any more."""
        self._under_way.pop(connection, None)
        if connection in self._free[place]:
            self._free[place].remove(connection)

    def _look(self) -> None:
        """Patience has an end."""
        latest = time.perf_counter() - self._patience_s
        for connection, since in list(self._under_way.items()):
            if since > latest:
                return
            connection.break_off(f"no answer in {self._patience_s:g} s")

    def close(self) -> None:
        """Lets every connection go."""
        self._looking.stop()
        self._looking.close()
        kept = (connection for free in self._free.values() for connection in free)
        for connection in [*self._under_way, *kept]:
            connection.close()
        self._under_way.clear()
        self._free.clear()


def waited_for(send: Callable[[Written, Heard], None], request: Request) -> Answer:
    """The answer to a request that is sent so; where there is none, its `error` says why. It never
    raises."""
    answered = AsyncResult()
    send(request.written(), answered.set)
    answer: Answer = answered.get()
    return answer


class _Connection:
    """One socket. The parser calls the methods that begin with `on_`."""

    def __init__(self, client: KeepAlive, address: tuple[Any, ...]) -> None:
        family, kind, protocol, _, place = address
        self._client = client
        self._socket = _socket.socket(family, kind, protocol)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        failed = self._socket.connect_ex(place)
        if failed not in (0, errno.EINPROGRESS):
            self._socket.close()
            raise OSError(failed, os.strerror(failed))
        self._unsent = b""
        self._hearing = client.loop.io(self._socket.fileno(), READ)
        self._hearing.start(self._hear)
        self._writing = client.loop.io(self._socket.fileno(), WRITE)
        self._heard: Heard | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._begin()

    def _begin(self) -> None:
        """Nothing of an answer has come."""
        self._bytes = 0
        self._parts: list[bytes] = []
        self._head_is_whole = self._tells_length = self._is_whole = self._stays_open = False
        self._served: str | None = None

    def send(self, written: Written, heard: Heard, *, kept: bool) -> None:
        """`kept` says that the server may have let go of it while it was idle."""
        self._written, self._heard, self._kept = written, heard, kept
        self._unsent = written.data
        self._write()

    def _write(self) -> None:
        try:
            sent = self._socket.send(self._unsent)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self.break_off(type(error).__name__, gone=True)
            return
        self._unsent = self._unsent[sent:]
        if self._unsent and not self._writing.active:
            self._writing.start(self._write)
        elif not self._unsent and self._writing.active:
            self._writing.stop()

    def _hear(self) -> None:
        try:
            data = self._socket.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            self.break_off(type(error).__name__, gone=True)
            return
        if not data:
            self._end()
        elif self._heard is None:
            self.close()  # Nobody had asked: such as 408 before the server closes.
        else:
            self._read(data)

    def _read(self, data: bytes) -> None:
        self._bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.break_off("Unreadable")
            return
        if self._is_whole:
            self._answer(stays_open=self._stays_open)
        elif self._bytes > HEAD_MAX and not self._head_is_whole:
            self.break_off("Unreadable")

    def on_header(self, name: bytes, value: bytes) -> None:
        """One line of the head."""
        lower = name.lower()
        if lower in (b"content-length", b"transfer-encoding"):
            self._tells_length = True
        elif lower == b"server-timing":
            self._served = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """The head has come."""
        self._head_is_whole = True

    def on_body(self, part: bytes) -> None:
        """Some of the body."""
        self._parts.append(part)

    def on_message_complete(self) -> None:
        """The answer is whole. 1xx only announces it."""
        if self._parser.get_status_code() < 200:
            self._head_is_whole = self._tells_length = False
        else:
            self._is_whole, self._stays_open = True, self._parser.should_keep_alive()

    def _end(self) -> None:
        """The server has closed; a body that tells no length ends with that."""
        if self._heard is None:
            self.close()
        elif self._head_is_whole and not self._tells_length:
            self._answer(stays_open=False)
        else:
            self.break_off("Closed", gone=True)

    def _answer(self, *, stays_open: bool) -> None:
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        status = self._parser.get_status_code()
        answer = Answer(status, body, served_s=served_s(self._served) if self._served else None)
        heard, self._heard = self._heard, None
        if stays_open:
            self._begin()
            self._client.take_back(self, self._written.place)
        else:
            self.close()
        assert heard is not None, "somebody has asked"
        heard(answer)

    def break_off(self, error: str, *, gone: bool = False) -> None:
        """There is no answer. `gone`: the server has let go of the connection."""
        heard, self._heard = self._heard, None
        self.close()
        if heard is None:
            return
        if gone and self._kept and not self._bytes:
            self._client.send_anew(self._written, heard)
        else:
            heard(Answer(0, error=error))

    def close(self) -> None:
        """It carries nothing any more."""
        for watcher in (self._hearing, self._writing):
            watcher.stop()
            watcher.close()
        self._socket.close()
        self._client.forget(self, self._written.place)
