"""One process, one port: regulator, recipients and control over one world, so that one sequence
orders them all.

Everything that was acknowledged is on disk: the process may be killed at any moment and started
again.
"""

import asyncio
import os
import re
import secrets
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NoReturn

import uvicorn
import uvloop
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.control.app import Doorkeeper
from simulator.control.app import build as build_control
from simulator.control.problems import nowhere
from simulator.control.sandboxes import STARTS_AT
from simulator.journal.database import StoreInUse
from simulator.journal.entry import JournalUnreadable, NewerFormat
from simulator.journal.verify import Broken
from simulator.metrics import MEDIA_TYPE
from simulator.recipient.app import build as build_recipients
from simulator.regulator import callbacks
from simulator.regulator.app import build as build_regulator
from simulator.tls import (
    EXPIRED,
    CertificatesMissing,
    client_context,
    server_context,
    server_files,
)
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
        self,
        world: World,
        control_token: str,
        *,
        demo_passcode: str | None = None,
        control_apart: bool = False,
    ) -> None:
        self.world = world
        self._demo_passcode = demo_passcode
        health = [Route("/healthz", _alive), Route("/readyz", self._ready)]
        tester = [
            Route("/metrics", Doorkeeper(self._metrics, control_token), methods=["GET"]),
            Below("/control", build_control(world, control_token)),
        ]
        parties = [
            Route("/", page_of(world, demo_passcode)),
            Below("/{sandbox}/recipients", build_recipients(world.recipients)),
            Below("/", build_regulator(world.office)),
        ]
        self._router = Router(
            [*health, *([] if control_apart else tester), *parties], redirect_slashes=False
        )
        self.control = Router([*health, *tester], redirect_slashes=False, default=nowhere)
        """What answers on a port of its own, where the tester wants it apart."""

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

    async def _metrics(self, scope: Scope, receive: Receive, send: Send) -> None:
        """For whoever has the control token: what is counted tells how a platform is examined."""
        told = Response(self.world.metrics.text(), media_type=MEDIA_TYPE)
        await told(scope, receive, send)

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


class Below(Mount):
    """A mount that takes whatever is below its path. Starlette's own takes no line breaks, and a
    payload on such a path would be seen by nobody."""

    def __init__(self, path: str, app: ASGIApp) -> None:
        super().__init__(path, app)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)


async def _alive(request: Request) -> Response:
    """Alive is who answers at all."""
    return JSONResponse({"status": "ok"})


def build(
    state_dir: Path,
    control_token: str,
    *,
    callbacks_anywhere: bool = False,
    demo_passcode: str | None = None,
    tls: Path | None = None,
    control_apart: bool = False,
) -> Simulator:
    """The simulator over `state_dir`; raises StoreInUse if another process has it. `tls` is a
    directory of certificates, whose authority callbacks are trusted by."""
    context = None if tls is None else client_context(tls)
    world = World(
        state_dir,
        callbacks_anywhere=callbacks_anywhere,
        tls=context,
        has_expired=tls is not None and (tls / EXPIRED).is_file(),
    )
    return Simulator(world, control_token, demo_passcode=demo_passcode, control_apart=control_apart)


def serve(
    port: int,
    state_dir: Path,
    control_token: str | None = None,
    host: str = "127.0.0.1",
    *,
    callbacks_anywhere: bool = False,
    demo: bool = False,
    control_port: int | None = None,
    tls: Path | None = None,
    mutual_tls: bool = False,
) -> None:
    """Serves until SIGTERM or SIGINT; port 0 takes a free one. With `demo` it opens a sandbox by
    itself, whose credentials stand on the page at `/`.

    With a `control_port` nothing of the tester's is on the platforms' port. `tls` is a directory of
    certificates; with `mutual_tls` platforms must show one of its authority.

    Without a token the one of the state directory is used. SystemExit(64) is for what a user can
    mend: a port in use, a directory that cannot be written, a journal that was altered.
    """
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        token = control_token or kept(state_dir / TOKEN_FILE)
        demo_passcode = kept(state_dir / DEMO_PASSCODE_FILE) if demo else None
        listener = listen(host, port)
        apart = None if control_port is None else listen(host, control_port)
    except (OSError, OverflowError) as mistake:
        _stop(
            f"cannot serve on {host}:{port} with state in {state_dir}: {mistake}; "
            "choose another --port, --host or --state, or end what is in the way"
        )
    told = "token as given" if control_token else f"token in {state_dir / TOKEN_FILE}"
    with listener, apart or nullcontext():
        try:
            simulator = build(
                state_dir,
                token,
                callbacks_anywhere=callbacks_anywhere,
                demo_passcode=demo_passcode,
                tls=tls,
                control_apart=apart is not None,
            )
            servers = _servers(simulator, listener, apart, told, tls, mutual_tls)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_serve(simulator, servers))
        except (
            StoreInUse, JournalUnreadable, NewerFormat, Broken, CertificatesMissing, ssl.SSLError
        ) as mistake:  # fmt: skip
            _stop(str(mistake))


def _servers(
    simulator: Simulator,
    listener: socket.socket,
    apart: socket.socket | None,
    told: str,
    tls: Path | None,
    mutual_tls: bool,
) -> list[tuple[uvicorn.Server, socket.socket]]:
    """The server of the platforms, and the tester's where it is apart; a tester proves itself by
    the token, so it needs no certificate there, and no fault meets its connections."""
    secured = {} if tls is None else server_files(tls, mutual=mutual_tls)
    if tls is not None:
        secured["ssl_context_factory"] = lambda _, make: server_context(
            make(), tls, simulator.world.shows_expired
        )
    where = _announcement(listener, apart, told, "http" if tls is None else "https")
    servers: list[tuple[uvicorn.Server, socket.socket]] = [
        (Server(simulator, where, secured), listener)
    ]
    if apart is not None:
        of_tester = {} if tls is None else server_files(tls, mutual=False)
        servers.append((_Beside(_config(simulator.control, of_tester)), apart))
    for _, socket_of in servers:
        callbacks.serve_on(socket_of.getsockname()[1])
    return servers


async def _serve(simulator: Simulator, servers: list[tuple[uvicorn.Server, socket.socket]]) -> None:
    (first, listener), *others = servers
    beside = [asyncio.create_task(other.serve(sockets=[one])) for other, one in others]
    try:
        await simulator.open()
        await first.serve(sockets=[listener])
    finally:
        for other, _ in others:
            other.should_exit = True
        await asyncio.gather(*beside)
        await simulator.close()


def _config(application: Any, secured: dict[str, Any]) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=ClosableProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=SHUTDOWN_S_MAX,
        **secured,
    )


class _Beside(uvicorn.Server):
    """The tester's server, where it is apart: it ends when the other does, and hears no signal."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Server(uvicorn.Server):
    """uvicorn, but it says where it is once it listens, and ends as asked without ending by the
    signal."""

    def __init__(
        self, simulator: Simulator, announcement: str, secured: dict[str, Any] | None = None
    ) -> None:
        super().__init__(_config(simulator, secured or {}))
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
        file.write(secrets.token_hex(32) + "\n")
    fresh.replace(path)
    return path.read_text().strip()


def _announcement(
    listener: socket.socket, apart: socket.socket | None, told: str, scheme: str
) -> str:
    base, tester = _base(listener, scheme), _base(apart or listener, scheme)
    return (
        f"reinspect serves {base}/{{sandbox}}/v1 (regulator), "
        f"{base}/{{sandbox}}/recipients (recipients), {tester}/control ({told}); "
        f"start at {base}/"
    )


def _base(listener: socket.socket, scheme: str) -> str:
    host, port = listener.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _stop(reason: str) -> NoReturn:
    print(f"reinspect: {reason}", file=sys.stderr)
    raise SystemExit(EXIT_USAGE)
