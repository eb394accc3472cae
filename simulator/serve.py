"""One process, one port: regulator, recipients and control over one world, so that one sequence
orders them all.

Everything that was acknowledged is on disk: the process may be killed at any moment and started
again.
"""

import asyncio
import hmac
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import uvicorn
import uvloop
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, Router
from starlette.types import Receive, Scope, Send

from simulator.control.app import build as build_control
from simulator.control.sandboxes import STARTS_AT
from simulator.journal.entry import JournalUnreadable, NewerFormat
from simulator.journal.sqlite import StoreInUse
from simulator.journal.verify import Broken
from simulator.metrics import MEDIA_TYPE
from simulator.recipient.app import build as build_recipients
from simulator.regulator.app import build as build_regulator
from simulator.transport import ClosableProtocol
from simulator.welcome import DEMO, page_of
from simulator.world import World

TOKEN_FILE = "control-token"
DEMO_PASSCODE_FILE = "demo-passcode"
EXIT_USAGE = 64
KEEP_ALIVE_S = 75
"""Longer than common clients and proxies keep an idle connection, so that it is they who close
it."""
SHUTDOWN_S_MAX = 5


class Simulator:
    """The ASGI application of the whole process. Its sandboxes open by themselves; `close` it at
    the end."""

    def __init__(
        self, world: World, control_token: str, *, demo_passcode: str | None = None
    ) -> None:
        self.world = world
        self._token = control_token
        self._demo_passcode = demo_passcode
        self._router = Router(
            [
                Route("/", page_of(world, demo_passcode)),
                Route("/healthz", _alive),
                Route("/readyz", self._ready),
                Route("/metrics", self._metrics),
                Mount("/control", build_control(world, control_token)),
                Mount("/{sandbox}/recipients", build_recipients(world.recipients)),
                Mount("/", build_regulator(world.office)),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        saturation = self.world.saturation
        saturation.start()
        saturation.in_flight += 1
        try:
            await self._router(scope, receive, send)
        finally:
            saturation.in_flight -= 1

    async def _ready(self, request: Request) -> Response:
        """Ready is who can still commit: a process that cannot must get no traffic."""
        reason = await self.world.why_not_ready()
        if reason is None:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready", "reason": reason}, 503)

    async def _metrics(self, request: Request) -> Response:
        """For whoever has the control token: what is counted tells how a platform is examined."""
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            headers = {"www-authenticate": "Bearer"}
            told = "send the header `Authorization: Bearer <control token>`"
            return PlainTextResponse(told, 401, headers)
        return Response(self.world.metrics.text(), media_type=MEDIA_TYPE)

    async def open(self) -> None:
        """Opens every sandbox, and the demo where one is wanted and none is there."""
        self.world.open_all()
        if self._demo_passcode is not None and DEMO not in self.world.ids():
            await self.world.create(
                DEMO,
                passcode=self._demo_passcode,
                seed=1,
                starts_at=STARTS_AT,
                rule_pack="r2022",
                rate=1.0,
                scenario_headers=True,
            )

    async def close(self) -> None:
        """Nothing is taken any more, and what was taken is on disk."""
        await self.world.close()


async def _alive(request: Request) -> Response:
    """Alive is who answers at all."""
    return JSONResponse({"status": "ok"})


def build(
    state_dir: Path,
    control_token: str,
    *,
    callbacks_anywhere: bool = False,
    demo_passcode: str | None = None,
) -> Simulator:
    """The simulator over `state_dir`; raises StoreInUse if another process has it."""
    world = World(state_dir, callbacks_anywhere=callbacks_anywhere)
    return Simulator(world, control_token, demo_passcode=demo_passcode)


def serve(
    port: int,
    state_dir: Path,
    control_token: str | None = None,
    host: str = "127.0.0.1",
    *,
    callbacks_anywhere: bool = False,
    demo: bool = False,
) -> None:
    """Serves until SIGTERM or SIGINT; port 0 takes a free one. With `demo` it opens a sandbox by
    itself, whose credentials stand on the page at `/`.

    Without a token the one of the state directory is used. SystemExit(64) is for what a user can
    mend: a port in use, a directory that cannot be written, a journal that was altered.
    """
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        token = control_token or kept(state_dir / TOKEN_FILE)
        demo_passcode = kept(state_dir / DEMO_PASSCODE_FILE) if demo else None
        listener = listen(host, port)
    except (OSError, OverflowError) as mistake:
        _stop(
            f"cannot serve on {host}:{port} with state in {state_dir}: {mistake}; "
            "choose another --port, --host or --state, or end what is in the way"
        )
    told = "token as given" if control_token else f"token in {state_dir / TOKEN_FILE}"
    with listener:
        try:
            simulator = build(
                state_dir,
                token,
                callbacks_anywhere=callbacks_anywhere,
                demo_passcode=demo_passcode,
            )
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_serve(simulator, listener, told))
        except (StoreInUse, JournalUnreadable, NewerFormat, Broken) as mistake:
            _stop(str(mistake))


async def _serve(simulator: Simulator, listener: socket.socket, told: str) -> None:
    try:
        await simulator.open()
        await Server(simulator, _announcement(listener, told)).serve(sockets=[listener])
    finally:
        await simulator.close()


class Server(uvicorn.Server):
    """uvicorn, but it says where it is once it listens, and ends as asked without ending by the
    signal."""

    def __init__(self, simulator: Simulator, announcement: str) -> None:
        super().__init__(
            uvicorn.Config(
                simulator,
                http=ClosableProtocol,
                ws="none",
                lifespan="off",
                access_log=False,
                log_level="warning",
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=SHUTDOWN_S_MAX,
            )
        )
        self._simulator = simulator
        self._announcement = announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self._announcement, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._simulator.world.let_go()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        asked_to_end = (signal.SIGINT, signal.SIGTERM)
        before = {one: signal.signal(one, self.handle_exit) for one in asked_to_end}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; OSError names what is wrong with host or port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


def kept(path: Path) -> str:
    """The secret in this file, drawn when it is first asked for and readable by its owner alone."""
    if path.exists():
        return path.read_text().strip()
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
    fresh.replace(path)
    return path.read_text().strip()


def _announcement(listener: socket.socket, told: str) -> str:
    host, port = listener.getsockname()[:2]
    base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    return (
        f"reinspect serves {base}/{{sandbox}}/v1 (regulator), "
        f"{base}/{{sandbox}}/recipients (recipients), {base}/control ({told}); "
        f"start at {base}/"
    )


def _stop(reason: str) -> NoReturn:
    print(f"reinspect: {reason}", file=sys.stderr)
    raise SystemExit(EXIT_USAGE)
