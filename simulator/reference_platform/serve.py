"""Runs the reference platform as a process of its own, as an integrator would run theirs."""

import socket
import sys
from pathlib import Path

import uvicorn

from simulator.catalogue import UnknownId
from simulator.reference_platform.app import build
from simulator.reference_platform.defects import steps_with
from simulator.reference_platform.platform import Settings
from simulator.reference_platform.steps import HONEST

USAGE = 64
"""Exit code for what the operator got wrong."""


def serve(
    *,
    port: int,
    regulator: str,
    recipient: str,
    passcode: str,
    state: Path | str,
    defect: str | None = None,
    host: str = "127.0.0.1",
    public_url: str | None = None,
    ca: Path | str | None = None,
) -> None:
    """Serves until it is told to stop. `port` 0 takes any free one; `public_url` is how the
    regulator reaches us, and `ca` the authority that regulator and recipients are believed by.
    """
    try:
        steps = HONEST if defect is None else steps_with(defect)
    except UnknownId as error:
        raise _usage(str(error)) from None
    authority = None if not ca else Path(ca)
    if authority is not None and not authority.is_file():
        raise _usage(f"there is no {authority}; --ca names the ca.pem of the simulator")
    listening = _listen(host, port)
    own_url = f"http://{host}:{listening.getsockname()[1]}"
    settings = Settings(
        regulator=regulator,
        recipient=recipient,
        passcode=passcode,
        state=Path(state),
        callback_url=f"{(public_url or own_url).rstrip('/')}/notices",
        ca=authority,
    )
    print(f"reference platform listening on {own_url}", flush=True)
    config = uvicorn.Config(
        build(settings, steps), log_level="warning", access_log=False, timeout_graceful_shutdown=2
    )
    uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        remedy = "choose another --port, or 0 for any free one"
        raise _usage(f"cannot listen on {host}:{port} ({error.strerror}); {remedy}") from None
    return listening


def _usage(message: str) -> SystemExit:
    print(f"reference platform: {message}", file=sys.stderr)
    return SystemExit(USAGE)
