"""Alerts pushed to a platform that holds a connection open, as server-sent events.

Each alert is told when it is raised and again whenever something becomes of it. Nothing is told
before it is on disk. A stream ends with its sandbox, with the process, after an hour, and when its
reader is too slow; whoever comes back says with `after` where to go on.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from simulator.journal.entry import Entry
from simulator.journal.events.alert import (
    AlertAcknowledged,
    AlertClosed,
    AlertEscalated,
    AlertRaised,
)
from simulator.journal.writer import StoreFailed
from simulator.regulator import views
from simulator.regulator.answered import as_bytes
from simulator.regulator.api import number_of
from simulator.regulator.lifecycle.alert import Alert
from simulator.regulator.state import RegulatorState
from simulator.sandbox import Sandbox
from simulator.transport import RESET

MEDIA_TYPE = "text/event-stream"
HEARTBEAT_S = 15.0
"""A comment so often of wall time, so that nobody in between takes the connection for dead."""
LASTS_S_MAX = 3_600.0
WAITING_MAX = 1_000
"""Alerts that may wait for a slow reader."""
SEND_S_MAX = 30.0
"""How long a reader may leave what was sent to it unread."""
HEARTBEAT = b": the stream is open\n\n"
OF_ALERTS = (AlertRaised, AlertAcknowledged, AlertClosed, AlertEscalated)


class Streams:
    """The open streams of one sandbox. `close` it before the sandbox ends."""

    def __init__(
        self,
        sandbox: Sandbox,
        state: RegulatorState,
        *,
        heartbeat_s: float = HEARTBEAT_S,
        lasts_s_max: float = LASTS_S_MAX,
    ) -> None:
        self._sandbox = sandbox
        self._state = state
        self._heartbeat_s = heartbeat_s
        self._lasts_s_max = lasts_s_max
        self._open: list[Stream] = []

    def of(self, platform: str) -> int:
        """How many streams the platform holds open."""
        return sum(stream.platform == platform for stream in self._open)

    def open(self, platform: str, after: int) -> "Stream":
        """A stream of what was raised after the alert of this number, and of all that follows."""
        stream = Stream(
            self._sandbox,
            self._state,
            platform,
            after,
            heartbeat_s=self._heartbeat_s,
            lasts_s_max=self._lasts_s_max,
            ended=self._open.remove,
        )
        self._open.append(stream)
        return stream

    def close(self) -> None:
        """Ends every stream once it has told what it knows."""
        for stream in tuple(self._open):
            stream.end()


class Stream(Response):
    """The body of one answer, sent while there is something to tell."""

    media_type = MEDIA_TYPE

    def __init__(
        self,
        sandbox: Sandbox,
        state: RegulatorState,
        platform: str,
        after: int,
        *,
        heartbeat_s: float,
        lasts_s_max: float,
        ended: "Callable[[Stream], None]",
    ) -> None:
        super().__init__(headers={"cache-control": "no-store"})
        del self.headers["content-length"]  # Nobody knows it yet.
        self.platform = platform
        self._sandbox = sandbox
        self._state = state
        self._heartbeat_s = heartbeat_s
        self._lasts_s_max = lasts_s_max
        self._ended = ended
        self._waiting = deque(
            _event(alert, is_new=True)
            for alert in state.alerts.values()
            if alert.platform == platform and number_of(alert.id) > after
        )
        self._stirred = asyncio.Event()
        self._stirred.set()
        self._is_over = False
        self._watch = ExitStack()
        self._watch.enter_context(sandbox.watching(self._see))

    def beginning_as(self, response: Response) -> "Stream":
        """Itself, with what the headers of the response say of the request."""
        for name, value in response.headers.items():
            if name not in ("content-length", "content-type"):
                self.headers[name] = value
        return self

    def end(self) -> None:
        """Nothing is added any more; what waits is still told."""
        if self._is_over:
            return
        self._is_over = True
        self._watch.close()
        self._ended(self)
        self._stirred.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        gone = loop.create_task(_gone(receive))
        gone.add_done_callback(lambda _: self.end())
        expiry = loop.call_later(self._lasts_s_max, self.end)
        start = {"type": "http.response.start", "status": self.status_code}
        try:
            await send(start | {"headers": self.raw_headers})
            await self._tell(send)
            async with asyncio.timeout(SEND_S_MAX):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:  # Nobody reads, so that no end can be told either.
            scope.get("extensions", {}).get(RESET, lambda: None)()
        finally:
            expiry.cancel()
            gone.cancel()
            self.end()

    async def _tell(self, send: Send) -> None:
        while not self._is_over or self._waiting:
            said = HEARTBEAT
            with suppress(TimeoutError):
                async with asyncio.timeout(self._heartbeat_s):
                    await self._stirred.wait()
            if self._stirred.is_set():
                self._stirred.clear()
                said = b"".join(self._waiting)
                self._waiting.clear()
                try:
                    await self._sandbox.all_durable()
                except StoreFailed:  # What is not on disk did not happen.
                    return
            async with asyncio.timeout(SEND_S_MAX):
                await send({"type": "http.response.body", "body": said, "more_body": True})

    def _see(self, entry: Entry) -> None:
        for event in getattr(entry.record, "events", ()):
            if not isinstance(event, OF_ALERTS):
                continue
            alert = self._state.alerts[event.id]
            if alert.platform == self.platform:
                self._waiting.append(_event(alert, is_new=isinstance(event, AlertRaised)))
                self._stirred.set()
        if len(self._waiting) > WAITING_MAX:
            asyncio.get_running_loop().call_soon(self.end)


def _event(alert: Alert, *, is_new: bool) -> bytes:
    """The event is named by what the alert has become. Only the first has an `id`, so that whoever
    comes back with the last of them misses none."""
    data = as_bytes(views.alert(alert).model_dump(mode="json"))
    id = b"id: %d\n" % number_of(alert.id) if is_new else b""
    return b"event: %s\n%sdata: %s\n\n" % (alert.status.encode(), id, data)


async def _gone(receive: Receive) -> None:
    """Returns when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
