"""Finds every configuration error at once, before a run, so that none is ever reported as a breach.

It looks from the outside at what a run would need: addresses, ports, folders, commands, and whether
another installed package is in the way. It sends the platform nothing that matters.
"""

import asyncio
import importlib.util
import os
import secrets
import shutil
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx

from scenarios.stories import catalogue_of_stories
from scenarios.target import Target, host_and_port
from scenarios.trust import trust, why
from simulator.tls import SERVER

CONNECT_S = 3.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: Literal["ok", "note", "wrong"]
    """A `note` keeps nothing from running, but something from being exercised."""
    detail: str


async def examine(target: Target) -> list[Check]:
    """Everything that can be told of a target without a run."""
    checks = [check_packages(), check_state(target.simulator.state)]
    checks += await check_listening(target)
    checks += await check_platform(target)
    checks += check_actions(target)
    return checks


def is_healthy(checks: list[Check]) -> bool:
    """Whether a run can begin."""
    return all(check.state != "wrong" for check in checks)


def check_packages() -> Check:
    """Another installed `simulator` or `scenarios` would be examined in place of ours."""
    ours = Path(__file__).resolve().parent.parent
    for name in ("simulator", "scenarios"):
        found = importlib.util.find_spec(name)
        origin = Path(found.origin).resolve() if found and found.origin else None
        if origin is None or origin.parent.parent != ours:
            detail = (
                f"another package called {name!r} is in the way: {origin}; remove it from the path"
            )
            return Check("packages", "wrong", detail)
    return Check("packages", "ok", "simulator and scenarios belong together")


def check_state(state: Path) -> Check:
    """The simulator must be able to write its state."""
    existing = state
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        detail = f"{state} cannot be written; change [simulator] state"
        return Check("simulator.state", "wrong", detail)
    return Check("simulator.state", "ok", f"{state} can be written")


async def check_listening(target: Target) -> list[Check]:
    """The port must be free, and the public address must lead to it: both are tried with a listener
    of our own."""
    address = target.simulator
    where = f"{address.host}:{address.port}"
    word = secrets.token_hex(8)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(word)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + word.encode())
        await writer.drain()
        writer.close()

    try:
        server = await asyncio.start_server(
            answer, address.host, address.port, ssl=_serving(address.tls)
        )
    except OSError as error:
        remedy = (
            "end what listens there, or change [simulator] listen and the platform's configuration"
        )
        return [
            Check(
                "simulator.listen", "wrong", f"{where} cannot be used ({error.strerror}); {remedy}"
            )
        ]
    async with server:
        public = await _try(
            lambda client: client.get(f"{address.public_url}/healthz"),
            address.ca,
            "serve with certificates whose names fit it, or name the authority in [simulator] tls",
        )
    free = Check("simulator.listen", "ok", f"{where} is free")
    if isinstance(public, str) or public.text != word:
        seen = (
            public if isinstance(public, str) else f"status {public.status_code} from someone else"
        )
        detail = (
            f"{address.public_url} does not lead to {where} ({seen}); correct it, or start the "
            "proxy"
        )
        return [free, Check("simulator.public_url", "wrong", detail)]
    return [free, Check("simulator.public_url", "ok", f"{address.public_url} leads to {where}")]


async def check_platform(target: Target) -> list[Check]:
    """Something must listen where payments go; a health check need not be well before the simulator
    is there."""
    host, port = host_and_port(target.payment.url)
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), CONNECT_S)
        writer.close()
    except (OSError, TimeoutError) as error:
        detail = (
            f"nobody listens at {host}:{port} ({error!r}); start the platform, or correct the "
            "address"
        )
        return [Check("payment.url", "wrong", detail)]
    checks = [Check("payment.url", "ok", f"somebody listens at {host}:{port}")]
    healthz = target.platform.healthz
    if healthz is not None:
        answer = await _try(
            lambda client: client.get(healthz),
            target.platform.ca,
            "name the authority that signed its certificate in [platform] ca",
        )
        if isinstance(answer, str):
            checks.append(
                Check("platform.healthz", "wrong", f"{healthz} does not answer: {answer}")
            )
        elif answer.status_code == 404:
            checks.append(
                Check("platform.healthz", "wrong", f"{healthz} answers 404; correct the path")
            )
        else:
            detail = f"{healthz} answers {answer.status_code}"
            checks.append(Check("platform.healthz", "ok", detail))
    return checks


def check_actions(target: Target) -> list[Check]:
    """Commands must exist; a story that lacks what it needs is told beforehand."""
    checks = []
    for name, action in target.actions.items():
        if action.command and shutil.which(action.command[0]) is None:
            detail = (
                f"there is no command {action.command[0]!r}; install it or correct [actions.{name}]"
            )
            checks.append(Check(f"actions.{name}", "wrong", detail))
    for story in catalogue_of_stories().values():
        for need in story.needs:
            lacking = target.lacks(need)
            if lacking is not None:
                detail = f"it will not be played: {lacking}"
                checks.append(Check(f"story {story.id}", "note", detail))
    return checks


async def _try(
    ask: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]], ca: Path | None, remedy: str
) -> httpx.Response | str:
    """The answer, or why there was none, with the remedy for a certificate that is not believed."""
    async with httpx.AsyncClient(timeout=CONNECT_S, trust_env=False, verify=trust(ca)) as client:
        try:
            return await ask(client)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return why(error, remedy)


def _serving(tls: Path | None) -> ssl.SSLContext | None:
    """What the simulator will show."""
    if tls is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls / SERVER)
    return context
