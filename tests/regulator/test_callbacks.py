"""The regulator calls only whom it may: no name, redirect or port leads it anywhere else."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.responses import RedirectResponse
from starlette.types import Receive, Scope, Send

from simulator.journal.records import Delivery
from simulator.regulator import callbacks
from simulator.regulator.callbacks import LoopbackOnly, what_it_must
from tests.regulator.connected import Connected, connected
from tests.regulator.test_api_flow import CALLBACK


@pytest.fixture
def own_port(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(callbacks, "_own_ports", {8900})
    return 8900


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8900/control/sandboxes",
        "http://localhost:8900/demo/v1/registrations",
        "http://[::1]:8900/healthz",
        "http://127.9.9.9:8900/",
        "https://127.0.0.1:8900/",
        "http://user:word@127.0.0.1:8900/",
    ],
)
@pytest.mark.parametrize("anywhere", [False, True])
def test_the_simulator_never_calls_itself(own_port: int, url: str, anywhere: bool) -> None:
    must = what_it_must(url, anywhere=anywhere)

    assert must == "not be the simulator itself, which listens on port 8900"


def test_the_usual_port_of_a_scheme_counts_as_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callbacks, "_own_ports", {80})

    assert what_it_must("http://localhost/notices", anywhere=False) is not None
    assert what_it_must("https://localhost/notices", anywhere=False) is None


def test_other_hosts_are_called_only_where_the_operator_allows_them() -> None:
    elsewhere = "http://platform.example/notices"

    assert what_it_must(elsewhere, anywhere=False) is not None
    assert what_it_must(elsewhere, anywhere=True) is None


@pytest.mark.parametrize("url", ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/"])
@pytest.mark.parametrize("anywhere", [False, True])
def test_no_other_scheme_is_called(url: str, anywhere: bool) -> None:
    assert what_it_must(url, anywhere=anywhere) == "be an absolute http or https address"


def test_localhost_is_this_host_whatever_a_resolver_says() -> None:
    found = asyncio.run(LoopbackOnly().resolve("localhost", 9000))

    assert [(one["host"], one["port"]) for one in found] == [("127.0.0.1", 9000), ("::1", 9000)]


@pytest.mark.parametrize("host", ["rebinding.example", "localhost.example", "localhost."])
def test_no_other_name_is_looked_up_even_if_it_came_this_far(host: str) -> None:
    async def call() -> None:
        client = callbacks.client(anywhere=False, timeout_s=5, tls=None)
        async with client:
            await client.post(f"http://{host}:9/notices", content=b"{}")

    with pytest.raises(httpx.TransportError, match="Cannot connect to host"):
        asyncio.run(call())


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as regulator:
        yield regulator


def test_a_redirect_is_not_followed(regulator: Connected) -> None:
    called: list[str] = []

    async def redirecting(scope: Scope, receive: Receive, send: Send) -> None:
        called.append(scope["path"])
        away = RedirectResponse("http://127.0.0.1:8900/control/sandboxes", 307)
        await away(scope, receive, send)

    regulator.office.courier._messenger._http = httpx.AsyncClient(
        transport=httpx.ASGITransport(redirecting)
    )
    regulator.office.courier._backoff_s = 0.0
    regulator.register(callback_url=CALLBACK)
    regulator.settle()

    statuses = {one.status for one in regulator.records() if isinstance(one, Delivery)}
    assert (statuses, set(called)) == ({307}, {"/notices"})
    assert regulator.ask("GET", "/registrations/self").json()["status"] == "challenged"
