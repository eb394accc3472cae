"""Test certificates, and what servers and clients make of a directory of them.

`make` writes them with a certificate authority of its own, which is worth nothing outside a test: a
server's, one that has expired, the regulator's for its callbacks, the tester's, and one for each
platform, whose common name is the name that the platform registers with.
"""

import os
import re
import ssl
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from trustme import CA as Authority

AUTHORITY = "ca.pem"
AUTHORITY_KEY = "ca-key.pem"
SERVER = "server.pem"
EXPIRED = "expired.pem"
"""A server's certificate whose time is over, for whoever wants to see that clients refuse it."""
REGULATOR = "regulator.pem"
TESTER = "tester.pem"
HOSTS = ("localhost", "127.0.0.1", "::1")
NAME_CHARACTERS_MAX = 64
"""X.520 lets a common name be no longer."""


class CertificatesMissing(Exception):
    """A directory that does not hold what TLS needs; the message says how to make it."""


def make(
    directory: Path, now: datetime, *, platforms: Iterable[str] = (), hosts: Iterable[str] = ()
) -> list[Path]:
    """Writes what is missing and the certificates of `platforms`; returns what was written.

    The authority of a directory is kept, so that certificates of one more platform fit it.
    ValueError for a name that no certificate can have.
    """
    directory.mkdir(parents=True, exist_ok=True)
    named = {file_of(name): name for name in map(_checked, platforms)}
    authority, written = _authority(directory)
    names = (*HOSTS, *hosts)
    year = timedelta(days=365)
    common_names = {
        SERVER: "reinspect", EXPIRED: "reinspect", REGULATOR: "regulator", TESTER: "tester", **named
    }  # fmt: skip
    for file, common_name in common_names.items():
        path = directory / file
        if not path.exists():
            is_over = file == EXPIRED
            issued = authority.issue_cert(
                *(names if file in (SERVER, EXPIRED) else ()),
                common_name=common_name,
                not_before=now - 2 * year if is_over else None,
                not_after=now - year if is_over else None,
            )
            _write(path, issued.private_key_and_cert_chain_pem.bytes())
            written.append(path)
    return written


def file_of(platform: str) -> str:
    """The file of a platform's certificate and key."""
    return f"platform-{re.sub(r'[^a-z0-9]+', '-', platform.lower()).strip('-') or 'unnamed'}.pem"


def server_files(directory: Path, *, mutual: bool) -> dict[str, object]:
    """What uvicorn is told of TLS; raises CertificatesMissing."""
    needed = [SERVER, AUTHORITY, REGULATOR]
    _demand(directory, needed)
    return {
        "ssl_certfile": directory / SERVER,
        "ssl_ca_certs": str(directory / AUTHORITY) if mutual else None,
        "ssl_cert_reqs": ssl.CERT_REQUIRED if mutual else ssl.CERT_NONE,
    }


def server_context(
    context: ssl.SSLContext, directory: Path, shows_expired: Callable[[], bool]
) -> ssl.SSLContext:
    """The server's context, made so that a handshake for which `shows_expired` says so gets the
    expired certificate.

    No session is resumed by a ticket, or a client that comes back would see no certificate at all.
    One that TLS 1.2 would resume by its id is ended by an alert instead; with it the session ends,
    and the next handshake shows the certificate. Without the file of the expired one the context
    stays as it is.
    """
    if not (directory / EXPIRED).is_file():
        return context
    expired = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    expired.load_cert_chain(directory / EXPIRED)

    def choose(
        connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext
    ) -> ssl.AlertDescription | None:
        if not shows_expired():
            return None
        connection.context = expired
        return ssl.ALERT_DESCRIPTION_CERTIFICATE_EXPIRED if connection.session_reused else None

    context.options |= ssl.OP_NO_TICKET
    context.num_tickets = 0
    context.sni_callback = choose
    return context


def client_context(directory: Path, certificate: str = REGULATOR) -> ssl.SSLContext:
    """A client that trusts the machine's authorities and this directory's, and shows who it is."""
    _demand(directory, [AUTHORITY, certificate])
    context = trusting(directory / AUTHORITY)
    context.load_cert_chain(directory / certificate)
    return context


def trusting(authority: Path) -> ssl.SSLContext:
    """A client that trusts the machine's authorities and one more."""
    context = ssl.create_default_context()
    context.load_verify_locations(authority)
    return context


def common_name_of(certificate: dict[str, object] | None) -> str | None:
    """The common name of a certificate as `getpeercert` tells it; `None` where there is none."""
    if not certificate:
        return None
    subject = certificate.get("subject", ())
    assert isinstance(subject, tuple)
    names = [value for part in subject for kind, value in part if kind == "commonName"]
    return str(names[0]) if len(names) == 1 else ""


def _authority(directory: Path) -> tuple[Authority, list[Path]]:
    certificate, key = directory / AUTHORITY, directory / AUTHORITY_KEY
    if certificate.exists() and key.exists():
        return Authority.from_pem(certificate.read_bytes(), key.read_bytes()), []
    authority = Authority(organization_name="reinspect, for tests only")
    _write(key, authority.private_key_pem.bytes())
    _write(certificate, authority.cert_pem.bytes())
    return authority, [certificate, key]


def _write(path: Path, content: bytes) -> None:
    """Readable by its owner alone: most of these hold a key."""
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)


def _checked(name: str) -> str:
    if not 1 <= len(name) <= NAME_CHARACTERS_MAX:
        raise ValueError(
            f"a certificate's common name has 1 to {NAME_CHARACTERS_MAX} characters,"
            f" but {name!r} has {len(name)}"
        )
    return name


def _demand(directory: Path, files: Iterable[str]) -> None:
    missing = [file for file in files if not (directory / file).is_file()]
    if missing:
        raise CertificatesMissing(
            f"{directory} has no {', '.join(missing)}; make them with: reinspect certificates"
            f" {directory}"
        )
