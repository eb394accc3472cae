"""A bare server: it reads the whole body and says yes. What it carries is what this machine, this
server library and this client can carry at most, and so the base of every ratio.
"""

import socket

import uvicorn
from starlette.types import Receive, Scope, Send

ANSWER = b'{"status":"accepted","id":"trm-1","detail":"' + b"." * 300 + b'"}'
"""About as long as the answers that it is compared with."""
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Any method, any path."""
    more = True
    while more:
        more = (await receive()).get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": ANSWER})


def main() -> None:
    """Serves on a free port of this machine, told on the first line, until it is told to stop."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(f"floor serves http://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
    config = uvicorn.Config(
        app,
        http="httptools",
        loop="uvloop",
        lifespan="off",
        ws="none",
        access_log=False,
        log_level="warning",
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
