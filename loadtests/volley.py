"""Requests in bytes, sent as fast as answers come: each sender sends its next request when it has
its answer. For the highest rate, never for latency; for latency there is the open loop.

Everything is written out beforehand and little is read of an answer, so that the client needs less
than any server that it measures.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PATIENCE_S = 30.0


@dataclass(slots=True)
class Volley:
    """What a volley came to."""

    answered: int = 0
    lasted_s: float = 0.0
    wrong: list[str] = field(default_factory=list)
    """The answers that were not right, in short."""
    busy: float = 0.0
    """Share of a core that the client itself used."""


class ServerGone(Exception):
    """A connection that ended before its answer came."""


async def fire(
    address: str,
    requests: Iterable[bytes],
    *,
    at_once: int,
    seconds: float,
    must_hold: bytes = b"",
    answers: list[bytes] | None = None,
) -> Volley:
    """Sends requests through so many connections until time is up or none is left.

    A right answer is a success that holds the bytes `must_hold`; its body goes to `answers`.
    """
    host, port = urlsplit(address).hostname or "", urlsplit(address).port or 80
    connections = [await asyncio.open_connection(host, port) for _ in range(at_once)]
    waiting = iter(requests)
    volley = Volley()
    taking = _Taking(volley, must_hold, answers)
    began, used = time.perf_counter(), time.process_time()
    deadline = began + seconds
    try:
        async with asyncio.timeout(seconds + PATIENCE_S):
            await asyncio.gather(*(_send(*each, waiting, deadline, taking) for each in connections))
    finally:
        volley.lasted_s = time.perf_counter() - began
        volley.busy = (time.process_time() - used) / volley.lasted_s
        for _, writer in connections:
            writer.close()
    return volley


@dataclass(frozen=True, slots=True)
class _Taking:
    """Tells right answers from wrong ones."""

    volley: Volley
    must_hold: bytes
    answers: list[bytes] | None

    def take(self, status: int, body: bytes) -> None:
        if not (200 <= status < 300 and self.must_hold in body):
            self.volley.wrong.append(f"status {status}: {body[:200].decode(errors='replace')}")
            return
        self.volley.answered += 1
        if self.answers is not None:
            self.answers.append(body)


async def _send(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    waiting: Iterator[bytes],
    deadline: float,
    taking: "_Taking",
) -> None:
    """One sender."""
    while time.perf_counter() < deadline:
        request = next(waiting, None)
        if request is None:
            return
        writer.write(request)
        try:
            status, body = await _read(reader)
        except (OSError, asyncio.IncompleteReadError) as error:
            raise ServerGone(f"the connection ended before the answer: {error!r}") from error
        taking.take(status, body)


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of an answer that tells its length, as all that is measured here does."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    at = head.lower().index(b"content-length:") + len(b"content-length:")
    length = int(head[at : head.index(b"\r\n", at)])
    return status, await reader.readexactly(length)
