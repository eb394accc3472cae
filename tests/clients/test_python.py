"""openapi-python-client makes a client that goes all the way, and knows what every answer says."""

import base64
import importlib
import subprocess
import sys
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from simulator.messages.signature import sign
from tests.simulator.parties import PASSCODE, Served, announcement, declaration

NAME = "generated_regulator_client"
PAYLOAD = "1" * 64
KEY = Ed25519PrivateKey.from_private_bytes(b"p" * 32)


class Signed(httpx.Auth):
    """Signs what leaves, so that the generated code knows nothing of signatures."""

    requires_request_body = True

    def __init__(self, key_id: str) -> None:
        self._key_id = key_id
        self._numbers = count()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        covered = ("content-type", "idempotency-key")
        headers = {name: request.headers[name] for name in covered if name in request.headers}
        now = datetime.now(UTC)
        request.headers.update(
            sign(
                method=request.method,
                url=str(request.url),
                headers=headers,
                body=request.content,
                key=KEY,
                key_id=self._key_id,
                nonce=f"{now.timestamp()}-{next(self._numbers)}",
                created=now,
            )
        )
        yield request


@pytest.fixture
def generated(openapi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of the generated package, which can be imported; ruff stands beside Python."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
            *("--path", openapi, "--output-path", tmp_path / NAME),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    warned = [line for line in done.stderr.splitlines() if line.startswith("WARNING")]
    assert warned == ["WARNING parsing POST /feed within feed."], done.stderr  # Of NDJSON alone.
    monkeypatch.syspath_prepend(tmp_path)
    yield NAME
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[name]


def feed_events(transmission: str) -> list[dict[str, Any]]:
    told: list[tuple[str, int, int, str | None]] = [
        ("started", 0, 0, None),
        ("progressed", 1, 412, PAYLOAD),
        ("ended", 1, 412, None),
    ]
    return [
        {
            "id": f"{transmission}/{sequence}",
            "source": "example-pay",
            "type": f"transmission.{type}",
            "subject": transmission,
            "time": datetime.now(UTC).isoformat(),
            "sequence": sequence,
            "data": {
                "records": records,
                "bytes": size,
                "payload": payload,
                "categories": ["M02"],
                "recipient": "acquirer-sg",
                "country": "SG",
            },
        }
        for sequence, (type, records, size, payload) in enumerate(told, start=1)
    ]


def registration() -> dict[str, Any]:
    public = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
    return {
        "passcode": PASSCODE,
        "uscc": "91310000MA1FL0B92L",
        "name": "Example Pay",
        "key": {"algorithm": "ed25519", "public_key": public},
    }


def lineage_entry(transmission: str) -> dict[str, Any]:
    return {
        "payload": PAYLOAD,
        "source": "pay-1",
        "rule_version": "desensitise-1",
        "transmission": transmission,
        "recipient": "acquirer-sg",
        "country": "SG",
        "categories": ["M02"],
        "sent_at": datetime.now(UTC).isoformat(),
    }


def test_a_generated_python_client_goes_from_declaration_to_lineage(
    generated: str, regulator: Served
) -> None:
    def operation(tag: str, name: str) -> Any:
        return importlib.import_module(f"{generated}.api.{tag}.{name}")

    models = importlib.import_module(f"{generated}.models")
    client_class = importlib.import_module(generated).Client
    base_url = f"{regulator.base}/sb/v1"
    with client_class(base_url=base_url) as stranger:
        registered = operation("registrations", "register").sync(
            client=stranger, body=models.RegistrationRequest.from_dict(registration())
        )
    assert isinstance(registered, models.Registration)

    auth = Signed(registered.key_id)
    with client_class(base_url=base_url, httpx_args={"auth": auth}) as client:
        declared = operation("declarations", "declare").sync(
            client=client,
            body=models.DeclarationRequest.from_dict(declaration()),
            idempotency_key="declare-1",
        )
        authorization = operation("authorizations", "read_authorization").sync(
            declared.authorization, client=client
        )
        announced = operation("transmissions", "announce").sync_detailed(
            client=client,
            body=models.TransmissionRequest.from_dict(announcement()),
            idempotency_key="announce-1",
        )
        id = announced.parsed.id
        fed = operation("feed", "feed").sync(
            client=client, body=list(map(models.FeedEvent.from_dict, feed_events(id)))
        )
        closing = {"outcome": "completed", "records": 1, "bytes": 412, "payloads": [PAYLOAD]}
        closed = operation("transmissions", "close").sync_detailed(
            id,
            client=client,
            body=models.ClosingRequest.from_dict(closing),
            idempotency_key="close-1",
            if_match=announced.headers["etag"],
        )
        again = operation("transmissions", "read_transmission").sync_detailed(
            id, client=client, if_none_match=closed.headers["etag"]
        )
        recorded = operation("lineage", "record_lineage").sync(
            client=client,
            body=models.LineageRequest.from_dict({"items": [lineage_entry(id)]}),
            idempotency_key="lineage-1",
        )
        lineage = operation("lineage", "read_lineage").sync(PAYLOAD, client=client)
        wrong = operation("declarations", "read_declaration").sync("dcl-9", client=client)

    assert (declared.status, authorization.status) == ("accepted", "active")
    assert (announced.status_code, announced.parsed.status) == (201, "accepted")
    assert (fed.accepted, fed.refused) == (3, [])
    assert (closed.status_code, closed.parsed.status) == (200, "closed")
    assert (again.status_code, again.content) == (304, b"")
    assert (recorded.recorded, [item.source for item in lineage.items]) == (1, ["pay-1"])
    assert isinstance(wrong, models.Problem)
    assert wrong.code == "not_found"
