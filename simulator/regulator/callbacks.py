"""Whom the regulator may call: a callback must not make it a way into places that it can reach and
its sender cannot.

Unless the operator allows more, a callback is on this host by its address. Names are not resolved,
so that no resolver can mean another host later; `localhost` is the one name that is taken, and the
courier calls 127.0.0.1 or ::1 for it whatever a resolver says. The simulator's own ports are never
called: what is asked from this host, with the regulator's hands, must not reach `/control`.
"""

import ipaddress
import re
import socket
import ssl

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from httpx_aiohttp import AiohttpTransport

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_WEB = {"http": 80, "https": 443}
_own_ports: set[int] = set()


def serve_on(port: int) -> None:
    """Tells that this process listens on a port of this host."""
    _own_ports.add(port)


class LoopbackOnly(AbstractResolver):
    """Knows `localhost`, by its addresses, and no other name: whatever a resolver of the machine
    says, and however it changes its mind, a callback stays on this host."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        if host.lower() != "localhost":
            raise OSError(f"{host} is not this host, and no other is called")
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=of, proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address, of in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6))
        ]  # fmt: skip

    async def close(self) -> None:
        """Nothing is held."""


def client(*, anywhere: bool, timeout_s: float, tls: ssl.SSLContext | None) -> httpx.AsyncClient:
    """Who calls the callbacks. It follows no redirect, keeps no cookie and asks no environment for
    a proxy; `tls` says whom it trusts, `None` whom the machine trusts."""

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=None if anywhere else LoopbackOnly(), ssl=tls or True
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    return httpx.AsyncClient(
        timeout=timeout_s,
        transport=AiohttpTransport(client=session),
        trust_env=False,
        follow_redirects=False,
    )


def what_it_must(callback_url: str | None, *, anywhere: bool) -> str | None:
    """What a callback must be and is not; `None` where the regulator can and may call it."""
    if callback_url is None:
        return None
    try:
        url = httpx.URL(callback_url)
    except httpx.InvalidURL as error:
        return f"be an address that can be called ({error})"
    if url.scheme not in _WEB or not url.host:
        return "be an absolute http or https address"
    if _BAD_ESCAPE.search(callback_url):
        return "have two hexadecimal digits after every %"
    if not anywhere and not _is_this_host(url.host):
        return "be on this host (localhost, 127.0.0.0/8, ::1), unless the operator allows others"
    port = url.port or _WEB[url.scheme]
    if port in _own_ports:  # Of any host: where others are allowed, a name may mean this one.
        return f"not be the simulator itself, which listens on port {port}"
    return None


def _is_this_host(host: str) -> bool:
    """A name that a resolver answers for cannot be known to mean this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
