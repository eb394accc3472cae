"""Two platforms that must never pass: one that does nothing, and one that says yes to everything.

python -m scenarios.dummies null|yes-man PORT
"""

import sys

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send


def dummy(status: int, body: bytes) -> ASGIApp:
    """An application that reads every request whole and gives always the same answer."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body", False):
            pass
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


DUMMIES = {
    "null": dummy(404, b'{"detail":"not found"}'),
    "yes-man": dummy(
        200, b'{"status":"settled","ready":true,"payment_id":"1","token":"yes","result":"yes"}'
    ),
}
"""By name."""

if __name__ == "__main__":
    uvicorn.run(DUMMIES[sys.argv[1]], port=int(sys.argv[2]), log_level="error")
