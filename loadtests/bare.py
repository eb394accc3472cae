"""A server that does as little as Python can: it finds the end of each request and says yes. For
whoever measures a generator, and must not measure the server. `floor` is the base of ratios
instead: it has the library that the simulator is served by.
"""

import asyncio
import socket
from typing import Any

import uvloop

ANSWER = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 21\r\n\r\n"
    b'{"status":"accepted"}'
)


class Yes(asyncio.Protocol):
    """One connection; whoever sends a body tells its length."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody has come."""
        self._transport: Any = transport
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        """Answers every request that is whole."""
        data = self._rest + data
        done = answered = 0
        while (end := end_of_request(data, done)) is not None:
            done, answered = end, answered + 1
        self._rest = data[done:]
        if answered:
            self._transport.write(ANSWER * answered)


def end_of_request(data: bytes, begins: int) -> int | None:
    """Where the request ends that begins there; `None` where it is not whole."""
    head = data.find(b"\r\n\r\n", begins)
    if head < 0:
        return None
    length = 0
    at = data.find(b"ontent-Length: ", begins, head)  # As everybody writes it that is measured.
    if at >= 0:
        length = int(data[at + 15 : data.find(b"\r\n", at)])
    end = head + 4 + length
    return end if end <= len(data) else None


async def serve() -> None:
    """Serves on a free port of this machine, told on the first line, until it is told to stop."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    server = await asyncio.get_running_loop().create_server(Yes, sock=listener)
    print(f"bare serves http://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve())
