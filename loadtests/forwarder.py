"""A platform that does nothing but forward: each payment goes to a recipient as it came, and is
accepted when that has answered. What is carried through it is what generator and simulator can
carry on this machine; no platform that does its duties can be faster.
"""

import asyncio
import socket
import sys
from urllib.parse import urlsplit

import uvloop

FORWARDED_AT_ONCE = 128
ACCEPTED = b"HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ncontent-length: 21\r\n\r\n"
BODY = b'{"status":"accepted"}'
FAILED = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"


class Abroad:
    """Connections to the recipient; each carries one payload at a time."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._head = f"POST {parts.path} HTTP/1.1\r\nhost: {parts.netloc}\r\n".encode()
        self._head += b"content-type: application/json\r\ncontent-length: "
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._places = asyncio.Semaphore(FORWARDED_AT_ONCE)

    async def send(self, body: bytes) -> int:
        """The status of the answer; OSError or IncompleteReadError where there is none."""
        async with self._places:
            connection = self._free.pop() if self._free else None
            reader, writer = connection or await asyncio.open_connection(self._host, self._port)
            writer.write(self._head + b"%d\r\n\r\n" % len(body) + body)
            head, _ = await read_message(reader)
            self._free.append((reader, writer))
            return int(head[9:12])


async def read_message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of a message that tells its length."""
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    at = lower.find(b"content-length:")
    length = int(lower[at + 15 : lower.index(b"\r\n", at)]) if at >= 0 else 0
    return head, await reader.readexactly(length)


async def serve(recipient: str) -> None:
    """Serves on a free port of this machine, told on the first line, until it is told to stop."""
    abroad = Abroad(recipient)

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                _, body = await read_message(reader)
                try:
                    taken = await abroad.send(body) < 300
                except (OSError, asyncio.IncompleteReadError):
                    taken = False
                writer.write(ACCEPTED + BODY if taken else FAILED)
        except (OSError, asyncio.IncompleteReadError):
            pass  # The client has gone.
        finally:
            writer.close()

    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    server = await asyncio.start_server(client, sock=listener)
    print(f"forwarder serves http://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
