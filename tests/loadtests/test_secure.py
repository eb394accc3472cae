"""A platform that is reached over https, with an authority that only its target file knows."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from loadtests import settling, target
from loadtests.assignment import Assignment, Load
from loadtests.generator import Manner, generate
from loadtests.limits import Limits
from loadtests.merchants import PAYMENT, made
from loadtests.scene import probe
from loadtests.target import Target
from loadtests.world import _unwell
from scenarios.target_template import target_text
from simulator.clock import wall_now
from simulator.tls import AUTHORITY, SERVER, make


class Platform(BaseHTTPRequestHandler):
    """Takes and settles every payment."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(200, {"status": "settled"})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(202, {"payment_id": "theirs", "status": "accepted"})

    def _answer(self, status: int, told: dict[str, str]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """It has nothing to say."""


class Secure(ThreadingHTTPServer):
    """Certificates are shown in the thread of each connection, and a client that believes none is
    no error of ours."""

    daemon_threads = True

    def __init__(self, certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), Platform)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)

    def finish_request(self, request: Any, client_address: Any) -> None:
        with suppress(OSError), self._context.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The platform, as its target file describes it."""
    folder = tmp_path_factory.mktemp("secure")
    make(folder / "certificates", wall_now())
    with Secure(folder / "certificates" / SERVER) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield described(folder, f"https://127.0.0.1:{server.server_port}")
        server.shutdown()


def described(folder: Path, url: str) -> Target:
    """What its target file says; everything else in it is as in any other."""
    text = target_text(
        name="secure",
        platform=url,
        listen="127.0.0.1:8900",
        passcode="choose-a-passcode",
        state="state",
        sandbox="main",
    )
    path = folder / "target.toml"
    authority = f"certificates/{AUTHORITY}"
    path.write_text(text.replace("[simulator]", f'ca = "{authority}"\n\n[simulator]', 1))
    return target.read(path)


def stranger(platform: Target) -> Target:
    """The same without its authority."""
    return replace(platform, checkout=replace(platform.checkout, authority=None))


def test_the_probe_and_the_look_at_its_health_believe_the_authority(platform: Target) -> None:
    (payment,) = made(1, platform.recipients, 1)
    assert platform.healthz is not None

    account, why = probe(platform, payment)
    _, why_not = probe(stranger(platform), payment)

    assert (account.outcome, why) == ("accepted", None)
    assert why_not is not None
    assert "CERTIFICATE_VERIFY_FAILED" in why_not
    assert _unwell(platform.healthz, platform.checkout) is None
    assert _unwell(platform.healthz, stranger(platform).checkout) is not None


def test_whoever_asks_what_became_of_a_payment_believes_the_authority(platform: Target) -> None:
    assert platform.poll is not None
    accepted = [{"platform_payment": "theirs", "payment.id": "ours"}]

    believed = settling.follow(accepted, platform.poll, trusted=platform.checkout.trusted)
    doubted = settling.follow(accepted, platform.poll, wait_s_max=0.0)

    assert (believed.settled, doubted.silent) == (1, 1)


@pytest.mark.parametrize("known", [True, False])
def test_the_generator_believes_the_authority(
    known: bool, platform: Target, tmp_path: Path
) -> None:
    load = Load(seed=1, seconds=1.0, rate=10.0, feed_rate=0.0, senders=8, schedule="constant")
    loaded = platform if known else stranger(platform)
    results = tmp_path / "generated.json"
    assignment = Assignment(load, loaded.checkout, loaded.recipients, None, results)

    tally = generate(assignment, Manner(Limits()), tmp_path).tallies[PAYMENT]

    assert (tally.intended, tally.dropped) == (10, 0)
    assert tally.answered == (10 if known else 0)
    assert tally.errors == ({} if known else {"SSLCertVerificationError": 10})
