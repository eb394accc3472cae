"""Over real sockets: who is trusted, who must show a certificate, and in whose name."""

import base64
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scenarios.cli import main
from simulator.messages.signature import sign
from simulator.tls import (
    AUTHORITY,
    EXPIRED,
    SERVER,
    TESTER,
    CertificatesMissing,
    file_of,
    make,
    server_context,
    server_files,
    trusting,
)
from tests.simulator.forked import command
from tests.simulator.parties import TOKEN

NOW = datetime.now(UTC)
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("certificates")
    assert main(["certificates", str(directory), "--platform", "Example Pay"]) == 0
    assert main(["certificates", str(directory), "--platform", "Another Pay"]) == 0
    return directory


@contextmanager
def serving(state: Path, *options: str) -> Iterator[list[str]]:
    """The addresses that a simulator says it serves: regulator, recipients, control."""
    words = ["serve", "--port", "0", "--state", str(state), "--control-token", TOKEN]
    with command(*words, *options) as running:
        told = running.announcement.split()
        yield [word for word in told if word.startswith("http")][:3]


def client_of(certificates: Path, file: str | None = None) -> httpx.Client:
    """Trusts the directory's authority, and shows a certificate if it has one."""
    context = trusting(certificates / AUTHORITY)
    if file is not None:
        context.load_cert_chain(certificates / file)
    return httpx.Client(verify=context, trust_env=False, timeout=120)


def open_sandbox(control: str, http: httpx.Client) -> None:
    answer = http.post(
        f"{control}/sandboxes",
        json={"id": "sb", "passcode": "open sesame"},
        headers={"authorization": f"Bearer {TOKEN}"},
    )
    assert answer.status_code == 201, answer.text


def register(base: str, http: httpx.Client, **changes: Any) -> httpx.Response:
    public = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
    body = {
        "passcode": "open sesame",
        "uscc": "91310000MA1FL0B92L",
        "name": "Example Pay",
        "key": {"algorithm": "ed25519", "public_key": public},
    }
    return http.post(f"{base}/registrations", json=body | changes)


def signed(base: str, http: httpx.Client, key_id: str, path: str) -> httpx.Response:
    url = f"{base}{path}"
    now = datetime.now(UTC)
    headers = sign(
        method="GET",
        url=url,
        headers={},
        body=b"",
        key=KEY,
        key_id=key_id,
        nonce=f"{now.timestamp()}",
        created=now,
    )
    return http.get(url, headers=headers)


def test_the_command_makes_what_is_needed_and_replaces_nothing(tmp_path: Path) -> None:
    first = make(tmp_path, NOW, platforms=["Example Pay"])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    second = make(tmp_path, NOW, platforms=["Example Pay", "Another Pay"])

    assert {path.name for path in first} == {
        "ca.pem", "ca-key.pem", "server.pem", "expired.pem", "regulator.pem", "tester.pem",
        "platform-example-pay.pem",
    }  # fmt: skip
    assert [path.name for path in second] == ["platform-another-pay.pem"]
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_the_expired_certificate_has_expired_and_the_others_have_not(tmp_path: Path) -> None:
    make(tmp_path, NOW)

    ends = {
        file: x509.load_pem_x509_certificate(
            (tmp_path / file)
            .read_bytes()
            .partition(b"-----BEGIN CERTIFICATE-----")[2]
            .join([b"-----BEGIN CERTIFICATE-----", b""])
        ).not_valid_after_utc
        for file in (SERVER, EXPIRED)
    }
    assert ends[EXPIRED] < NOW < ends[SERVER]


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_a_name_that_no_certificate_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="1 to 64 characters"):
        make(tmp_path, NOW, platforms=[name])


def test_a_directory_without_certificates_is_told_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(CertificatesMissing, match="make them with: reinspect certificates"):
        server_files(tmp_path, mutual=False)
    assert main(["serve", "--mutual-tls", "--port", "0", "--state", str(tmp_path)]) == 64


def test_a_platform_speaks_https_and_control_may_be_apart(
    certificates: Path, tmp_path: Path
) -> None:
    options = ("--tls", str(certificates), "--control-port", "0")
    with serving(tmp_path, *options) as (regulator, _, control), client_of(certificates) as http:
        base = regulator.replace("{sandbox}", "sb")
        open_sandbox(control, http)
        key_id = register(base, http).json()["key_id"]
        here = base.partition("/sb/")[0]

        assert base.startswith("https://")
        assert signed(base, http, key_id, "/time").status_code == 200
        with_token = {"authorization": f"Bearer {TOKEN}"}
        for path in ("/control/sandboxes", "/metrics"):
            assert http.get(f"{here}{path}", headers=with_token).status_code == 404
        assert http.get(f"{here}/healthz").status_code == 200
        there = control.removesuffix("/control")
        assert http.get(f"{there}/metrics", headers=with_token).status_code == 200
        elsewhere = http.get(f"{there}/sb/v1/time")
        assert (elsewhere.status_code, elsewhere.json()["errors"][0]["pointer"]) == (404, "path")
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(f"{here}/healthz", trust_env=False)


def test_mutual_tls_binds_a_platform_to_its_certificate(certificates: Path, tmp_path: Path) -> None:
    own, others = file_of("Example Pay"), file_of("Another Pay")
    options = ("--tls", str(certificates), "--mutual-tls")
    with serving(tmp_path, *options) as (regulator, _, control):
        base = regulator.replace("{sandbox}", "sb")
        with client_of(certificates, TESTER) as tester:
            open_sandbox(control, tester)
        with client_of(certificates, own) as http, client_of(certificates, others) as other:
            in_anothers_name = register(base, other)
            registered = register(base, http)
            key_id = registered.json()["key_id"]
            over_own = signed(base, http, key_id, "/time")
            over_anothers = signed(base, other, key_id, "/time")
        with client_of(certificates) as nobody, pytest.raises(httpx.TransportError):
            signed(base, nobody, key_id, "/time")

    assert (in_anothers_name.status_code, in_anothers_name.json()["code"]) == (
        401,
        "certificate_mismatch",
    )
    assert (registered.status_code, over_own.status_code) == (201, 200)
    assert over_anothers.json()["code"] == "certificate_mismatch"
    assert "'Example Pay'" in over_anothers.json()["detail"]


@contextmanager
def callback(certificates: Path, file: str) -> Iterator[tuple[str, list[Any]]]:
    """A platform's callback over https, which demands a client certificate; what it got."""
    got: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            secured = self.connection
            assert isinstance(secured, ssl.SSLSocket)
            got.append((secured.getpeercert(), json.loads(body)))
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates / AUTHORITY)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(certificates / file)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}/notices", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def until(holds: Callable[[], bool]) -> bool:
    """Whether it comes about, within 20 seconds."""
    end = threading.Event()
    return any(holds() or end.wait(0.05) for _ in range(400)) and holds()


def test_the_courier_trusts_the_authority_and_shows_who_it_is(
    certificates: Path, tmp_path: Path
) -> None:
    with (
        serving(tmp_path, "--tls", str(certificates)) as (regulator, _, control),
        client_of(certificates) as http,
        callback(certificates, SERVER) as (url, got),
    ):
        base = regulator.replace("{sandbox}", "sb")
        open_sandbox(control, http)
        key_id = register(base, http, callback_url=url).json()["key_id"]

        assert until(
            lambda: (
                signed(base, http, key_id, "/registrations/self").json().get("status") == "active"
            )
        )
    shown, challenge = got[0]
    assert challenge["type"] == "challenge"
    assert ((("commonName", "regulator"),)) in shown["subject"]


def test_the_courier_trusts_no_expired_certificate(certificates: Path, tmp_path: Path) -> None:
    with (
        serving(tmp_path, "--tls", str(certificates)) as (regulator, _, control),
        client_of(certificates) as http,
        callback(certificates, EXPIRED) as (url, got),
    ):
        base = regulator.replace("{sandbox}", "sb")
        open_sandbox(control, http)
        register(base, http, callback_url=url)
        journal = f"{control}/sandboxes/sb/journal"
        with_token = {"authorization": f"Bearer {TOKEN}"}

        assert until(
            lambda: "certificate has expired" in http.get(journal, headers=with_token).text
        )
    assert got == []


def arm(control: str, http: httpx.Client, **limits: Any) -> httpx.Response:
    return http.post(
        f"{control}/sandboxes/sb/faults",
        json={"name": "certificate_expired", "scope": "connection", **limits},
        headers={"authorization": f"Bearer {TOKEN}"},
    )


def why_not(certificates: Path, url: str) -> str:
    """Why a client that comes anew and verifies cannot connect; empty if it can."""
    with client_of(certificates) as http:
        try:
            http.get(url)
        except httpx.ConnectError as error:
            return str(error)
    return ""


def test_a_client_that_verifies_meets_an_expired_certificate_as_often_as_was_said(
    certificates: Path, tmp_path: Path
) -> None:
    options = ("--tls", str(certificates), "--control-port", "0")
    with serving(tmp_path, *options) as (regulator, _, control), client_of(certificates) as http:
        healthz = regulator.partition("/{")[0] + "/healthz"
        open_sandbox(control, http)
        kept = client_of(certificates)
        assert kept.get(healthz).status_code == 200
        armed = arm(control, http, times=2)

        over_the_kept_connection = kept.get(healthz).status_code
        seen = [why_not(certificates, healthz) for _ in range(3)]
        kept.close()

        with_token = {"authorization": f"Bearer {TOKEN}"}
        journal = http.get(f"{control}/sandboxes/sb/journal", headers=with_token).text
    entries = [json.loads(json.loads(line)["content"]) for line in journal.splitlines()]
    told = [entry["body"] for entry in entries if entry["kind"] == "fault"]

    assert (armed.status_code, armed.json()["moment"]) == (201, "connect")
    assert over_the_kept_connection == 200
    assert ["certificate has expired" in reason for reason in seen] == [True, True, False], seen
    assert seen[2] == ""
    assert [(each["state"], each["scope"], each["struck"]) for each in told] == [
        ("armed", "connection", None),
        ("reverted", "connection", 2),
    ]


def test_an_expired_certificate_is_over_when_its_time_is_and_meets_no_control_that_is_apart(
    certificates: Path, tmp_path: Path
) -> None:
    options = ("--tls", str(certificates), "--control-port", "0")
    with serving(tmp_path, *options) as (regulator, _, control), client_of(certificates) as http:
        healthz = regulator.partition("/{")[0] + "/healthz"
        open_sandbox(control, http)
        arm(control, http, ttl_s=1.5)

        first = why_not(certificates, healthz)
        apart = why_not(certificates, control.removesuffix("/control") + "/healthz")

        assert ("certificate has expired" in first, apart) == (True, "")
        assert until(lambda: why_not(certificates, healthz) == "")


Handshake = tuple[ssl.SSLObject, ssl.SSLObject]


def shaken(
    server: ssl.SSLContext, client: ssl.SSLContext, session: ssl.SSLSession | None = None
) -> Handshake:
    """Both ends of a handshake without a network; raises what the client is told."""
    there, here = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = server.wrap_bio(there, here, server_side=True)
    other = client.wrap_bio(here, there, server_hostname="localhost", session=session)
    for _ in range(4):
        with suppress(ssl.SSLWantReadError):
            other.do_handshake()
        with suppress(ssl.SSLError):
            one.do_handshake()
    other.do_handshake()
    return one, other


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_no_former_session_gets_around_an_expired_certificate(
    certificates: Path, version: ssl.TLSVersion
) -> None:
    strikes = False
    plain = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    plain.load_cert_chain(certificates / SERVER)
    server = server_context(plain, certificates, lambda: strikes)
    client = trusting(certificates / AUTHORITY)
    client.maximum_version = version

    first = shaken(server, client)
    session = first[1].session
    again = shaken(server, client, session)
    strikes = True
    reasons = []
    for _ in range(2):
        with pytest.raises(ssl.SSLError) as refused:
            shaken(server, client, session)
        reasons.append(str(refused.value))
    strikes = False
    later = shaken(server, client)

    assert again[1].session_reused == (version == ssl.TLSVersion.TLSv1_2)
    assert "certificate expired" in reasons[0] or "certificate has expired" in reasons[0]
    assert "certificate has expired" in reasons[1]
    assert later[1].version() == first[1].version()


def test_what_has_no_expired_certificate_to_show_refuses_the_fault(tmp_path: Path) -> None:
    with serving(tmp_path) as (_, _, control), httpx.Client(trust_env=False, timeout=20) as http:
        open_sandbox(control, http)
        refused = arm(control, http)
        elsewhere = arm(control, http, scope="regulator")

    assert (refused.status_code, refused.json()["code"]) == (409, "fault_unavailable")
    assert "serve with `--tls DIR`" in refused.json()["detail"]
    assert elsewhere.json()["errors"][0]["expected"] == "be connection for certificate_expired"
