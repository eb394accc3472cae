"""Two people of known values, and the wrappings in which tests hide them."""

import base64
import gzip
import json
import urllib.parse
import zlib
from collections.abc import Callable

from scenarios.traffic import Secret

LI = {
    "name": "李示例",
    "resident_id": "11010518810307002X",
    "mobile": "15413572468",
    "card": "6200001357924683",
    "email": "li.shi.bcdfgh@example.com",
    "address": "北京市示例区建国路1357号2468室",
    "device_id": "0a1b2c3d4e5f60718293a4b5c6d7e8f0",
    "password": "PwQr7tYuKp2sDfGh",
    "biometric": "FaceQwErTyUiPaSdFgHjKlZxCvBn",
}
WU = {
    "name": "吴样本",
    "resident_id": "310101188511230019",
    "mobile": "15486429753",
    "card": "6200009876543216",
    "email": "wu.yang.jklmnp@example.org",
    "address": "上海市示例区南京路8642号9753室",
    "device_id": "f8e1d2c3b4a5968778695a4b3c2d1e0f",
    "password": "PwMn4bVcXz8aSdQw",
    "biometric": "FaceMnBvCxZlKjHgFdSaPoIuYtRe",
}
CATEGORY = {"resident_id": "M01", "mobile": "M03"}


def secrets_of(person: str, values: dict[str, str]) -> tuple[Secret, ...]:
    """Everything planted for one person."""
    return tuple(
        Secret(kind, value, CATEGORY.get(kind, "X01"), person) for kind, value in values.items()
    )


SECRETS = secrets_of("li", LI) + secrets_of("wu", WU)


def _raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


def _json_escaped(data: bytes) -> bytes:
    return "".join(f"\\u{ord(c):04x}" for c in data.decode()).encode()


def _nested_json(data: bytes) -> bytes:
    return json.dumps({"note": json.dumps({"inner": data.decode()})}).encode()


WRAPPINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "zlib": zlib.compress,
    "deflate": _raw_deflate,
    "base64": base64.b64encode,
    "base64url": lambda data: base64.urlsafe_b64encode(data).rstrip(b"="),
    "hex": lambda data: data.hex().encode(),
    "hex_upper": lambda data: data.hex().upper().encode(),
    "url": lambda data: b"note=" + urllib.parse.quote_plus(data, safe="").encode(),
    "url_every_byte": lambda data: "".join(f"%{byte:02X}" for byte in data).encode(),
    "json_escapes": _json_escaped,
    "nested_json": _nested_json,
}
"""Ways to hide bytes, each one level deep but the nested JSON, which is two."""

DEPTH = dict.fromkeys(WRAPPINGS, 1) | {"nested_json": 2}
OF_TEXT = frozenset({"json_escapes", "nested_json"})
"""Wrappings that can hold text only."""


def wrapped(data: bytes, names: list[str]) -> bytes | None:
    """The data in those wrappings, innermost first; None if they cannot hold it or are too deep."""
    if sum(DEPTH[name] for name in names) > 3:
        return None
    for name in names:
        if name in OF_TEXT and not _is_text(data):
            return None
        data = WRAPPINGS[name](data)
    return data


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
