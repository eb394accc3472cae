"""The clients of a run over https: they believe the authority that they are told, and nobody
else."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from scenarios import certify, doctor, parties
from scenarios.cli import main
from scenarios.control import Control, SimulatorGone
from scenarios.merchants import Merchants
from scenarios.notebook import Notebook
from scenarios.parties import free_port
from scenarios.target import Target, TargetUnreadable, load
from scenarios.target_template import target_text
from scenarios.traffic import Route, Traffic
from simulator.tls import AUTHORITY, SERVER, make


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("certificates")
    make(directory, datetime.now(UTC))
    return directory


@contextmanager
def platform(certificates: Path) -> Iterator[str]:
    """A platform over https that takes every payment."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self._answer(b'{"payment_id": "p-1"}')

        def do_GET(self) -> None:
            self._answer(b"{}")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / SERVER)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def a_target(folder: Path, at: str, *, ca: Path | None = None, tls: Path | None = None) -> Target:
    """The target file, with the keys that it has for https."""
    port = free_port()
    text = target_text(
        name="somebody",
        platform=at,
        listen=f"127.0.0.1:{port}",
        passcode="open",
        state="state",
        restart=("true",),
    )
    if ca is not None:
        text = text.replace("[platform]\n", f'[platform]\nca = "{ca}"\n')
    if tls is not None:
        text = text.replace("[simulator]\n", f'[simulator]\ntls = "{tls}"\n')
        text = text.replace(f'public_url = "http://127.0.0.1:{port}"\n', "")
    path = folder / "target.toml"
    path.write_text(text)
    return load(path)


def examined(target: Target) -> dict[str, doctor.Check]:
    return {check.name: check for check in asyncio.run(doctor.examine(target))}


class Kept(Notebook):
    """Keeps in memory what would go into the journal."""

    def __init__(self) -> None:
        self.written: list[Any] = []

    def write(self, record: Any) -> None:
        self.written.append(record)


def paid(target: Target) -> tuple[str, str]:
    """The outcome of one payment, and the answer."""
    traffic = Traffic(7)
    payment = next(
        traffic.payments(
            1,
            merchants=traffic.merchants(1),
            payers=traffic.people(1),
            routes=(Route("acquirer-sg", "SG"),),
        )
    )

    async def pay() -> tuple[str, str]:
        async with Merchants(target, Kept()) as merchants:
            done = await merchants.ask(payment, "a_story")
            return done.outcome, done.answer

    return asyncio.run(pay())


def test_doctor_and_merchants_believe_the_authority_of_the_target(
    certificates: Path, tmp_path: Path
) -> None:
    with platform(certificates) as at:
        target = a_target(tmp_path, at, ca=certificates / AUTHORITY, tls=certificates)

        checks = examined(target)
        outcome = paid(target)

    assert target.simulator.public_url.startswith("https://127.0.0.1:")
    assert {name for name, check in checks.items() if check.state == "wrong"} == set()
    assert outcome == ("accepted", '{"payment_id": "p-1"}')


def test_without_it_they_name_the_remedy(certificates: Path, tmp_path: Path) -> None:
    with platform(certificates) as at:
        target = a_target(tmp_path, at)

        wrong = examined(target)["platform.healthz"]
        outcome, answer = paid(target)

    assert wrong.state == "wrong"
    assert "name the authority that signed its certificate in [platform] ca" in wrong.detail
    assert outcome == "failed"
    assert answer.endswith("name the platform's authority in [platform] ca")


def test_a_target_that_names_what_is_no_certificate_is_told_all_of_it(tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("nothing")

    with pytest.raises(TargetUnreadable) as told:
        a_target(tmp_path, "https://127.0.0.1:1", ca=Path("no.pem"), tls=Path("nowhere"))

    ca, tls = (str(mistake) for mistake in told.value.mistakes)
    assert ca.startswith("platform.ca is 'no.pem'")
    assert "reinspect certificates DIR" in ca
    assert tls.startswith("simulator.tls is 'nowhere'")
    assert "make them with" in tls


def test_the_reference_platform_is_examined_over_https_by_an_authority_that_it_is_told(
    certificates: Path, tmp_path: Path
) -> None:
    async def talk() -> tuple[Target, Any]:
        async with parties.simulator(
            folder=tmp_path / "logs", state=tmp_path / "state", tls=certificates
        ) as simulator:
            target, platform = certify.reference(
                tmp_path, simulator, sandbox="main", defect=None, tls=certificates
            )
            async with Control(simulator.url, simulator.token, "main", ca=simulator.ca) as control:
                await control.open(
                    passcode=certify.PASSCODE,
                    seed=1,
                    starts_at=datetime(2023, 6, 1, tzinfo=UTC),
                    rule_pack="r2022",
                )
                healthz = target.platform.healthz
                assert healthz is not None
                async with parties.running(platform, answers=healthz), asyncio.timeout(60):
                    while not (state := await control.state()).authorizations:
                        pass
                    return target, state

    target, state = asyncio.run(talk())

    assert target.simulator.public_url.startswith("https://127.0.0.1:")
    assert target.simulator.ca == certificates / AUTHORITY
    assert state.active


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["certify", "--tls", "nowhere"], "nowhere has no server.pem"),
        (["certify", "--tls", ".", "--target", "t.toml"], "a target file has [simulator] tls"),
    ],
)
def test_an_examination_over_https_without_certificates_is_refused_at_once(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 64
    assert told in capsys.readouterr().err


def test_a_run_serves_its_simulator_over_https_and_controls_it(
    certificates: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot = tmp_path / "main.snapshot"

    async def talk() -> list[Any]:
        async with parties.simulator(
            folder=tmp_path / "logs", state=tmp_path / "state", tls=certificates
        ) as simulator:
            url, token = simulator.url, simulator.token
            async with Control(url, token, "main", ca=simulator.ca) as control:
                await control.open(
                    passcode="open",
                    seed=1,
                    starts_at=datetime(2023, 6, 1, tzinfo=UTC),
                    rule_pack="r2022",
                )
            async with Control(url, token, "main") as stranger:
                with pytest.raises(SimulatorGone, match="name the authority"):
                    await stranger.state()
            command = ["snapshot", "--simulator", url, "--control-token", token, "main"]
            no, ca = str(tmp_path / "no.pem"), str(simulator.ca)
            missing = await asyncio.to_thread(main, [*command, str(snapshot), "--ca", no])
            taken = await asyncio.to_thread(main, [*command, str(snapshot), "--ca", ca])
            return [url, taken, missing]

    url, taken, missing = asyncio.run(talk())

    assert url.startswith("https://127.0.0.1:")
    assert (taken, missing) == (0, 64)
    assert snapshot.exists()
    assert "no.pem" in capsys.readouterr().err
