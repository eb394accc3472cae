"""The page at `/`: where everything is, and a first declaration that works as it is pasted.

Browsers get HTML, programs JSON. It tells of one sandbox only, the demo: its passcode and its
platform's key are published on purpose, and guard nothing.
"""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from simulator.keys import drawn
from simulator.world import Site, World

DEMO = "demo"
"""The id of the sandbox that `serve` opens by itself."""
USCC = "91990000MA5000006R"
NAME = "Example Pay"
PERIOD = timedelta(days=180)
_ADDRESS = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "vary": "accept",
}

_TEXT = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=False,  # Programs, not markup; the page that shows them escapes them.
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)
_PAGE = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo sandbox as the page tells of it."""

    sandbox: str
    passcode: str
    private_key: str
    """Of the platform, in PEM."""
    uscc: str
    name: str
    regulator: str
    recipients: str
    openapi: str


def page_of(world: World, passcode: str | None) -> Callable[[Request], Awaitable[Response]]:
    """The answer to `GET /`; `passcode` is the demo sandbox's, `None` where there is to be none."""

    async def welcome(request: Request) -> Response:
        base = _base_of(request)
        site = world.site(DEMO) if passcode is not None else None
        if site is not None and site.sandbox.passcode != passcode:
            site = None  # Somebody else's sandbox of this name; its passcode is nobody's business.
        demo = None if site is None else _demo_of(site, base)
        told: dict[str, Any] = {
            "name": "reinspect",
            "what": "a simulated regulator for cross-border payment data",
            "regulator": f"{base}/{{sandbox}}/v1",
            "openapi": f"{base}/{{sandbox}}/v1/openapi.json",
            "recipients": f"{base}/{{sandbox}}/recipients/{{recipient}}",
            "control": f"{base}/control",
            "alive": f"{base}/healthz",
            "ready": f"{base}/readyz",
            "metrics": f"{base}/metrics",
            "demo": None if demo is None else asdict(demo),
        }
        if "text/html" not in request.headers.get("accept", ""):
            return JSONResponse(told, headers=HEADERS)
        blocks = {} if site is None or demo is None else _blocks(demo, site.sandbox.clock.now())
        page = _PAGE.get_template("page.html.jinja").render(told=told, demo=demo, blocks=blocks)
        return HTMLResponse(page, headers=HEADERS)

    return welcome


def platform_key(site: Site) -> Ed25519PrivateKey:
    """What the demo platform signs with; drawn, so that every reading of the page shows the
    same."""
    sandbox = site.sandbox
    raw = drawn("demo-platform", sandbox=sandbox.id, seed=sandbox.seed, passcode=sandbox.passcode)
    return Ed25519PrivateKey.from_private_bytes(raw)


def _demo_of(site: Site, base: str) -> Demo:
    pem = platform_key(site).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    id = site.sandbox.id
    return Demo(
        sandbox=id,
        passcode=site.sandbox.passcode,
        private_key=pem.decode().strip(),
        uscc=USCC,
        name=NAME,
        regulator=f"{base}/{id}/v1",
        recipients=f"{base}/{id}/recipients",
        openapi=f"{base}/{id}/v1/openapi.json",
    )


def _blocks(demo: Demo, now: datetime) -> dict[str, str]:
    """The programs of the page, by the name of their template."""
    begins = now.replace(hour=0, minute=0, second=0, microsecond=0)
    declaration = {
        "purpose": "settlement of cross-border payments",
        "legal_basis": "PIPL art. 13(2): performance of a contract with the individual",
        "recipient": "acquirer-sg",
        "country": "SG",
        "fields": [
            {"name": "amount", "category": "M02", "desensitisation": "none"},
            {"name": "mobile_last4", "category": "M03", "desensitisation": "last_four"},
        ],
        "records": 1000,
        "persons": 500,
        "valid_from": f"{begins:%Y-%m-%dT%H:%M:%SZ}",
        "valid_until": f"{begins + PERIOD:%Y-%m-%dT%H:%M:%SZ}",
    }
    facts = {
        "demo": demo,
        "path": f"/{demo.sandbox}/v1",
        "declaration": _one_field_a_line(declaration),
    }
    return {
        name: _TEXT.get_template(f"first_declaration.{name}.jinja").render(facts)
        for name in ("sh", "py")
    }


def _one_field_a_line(message: dict[str, Any]) -> str:
    """JSON that a reader takes in at a glance."""
    fields = (f"    {json.dumps(name)}: {json.dumps(value)}" for name, value in message.items())
    return "{\n" + ",\n".join(fields) + "\n}"


def _base_of(request: Request) -> str:
    """Scheme and address as the reader reached them; an address that is none is not repeated."""
    address = request.headers.get("host", "")
    if not _ADDRESS.fullmatch(address):
        address = "127.0.0.1:8900"
    return f"{request.url.scheme}://{address}"
