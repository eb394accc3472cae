"""What was sent once counts once, however it is dressed up, and whatever the clock does."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.regulator.connected import HOST, Connected, connected

Disguise = Callable[[httpx.Request], httpx.Request]


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as regulator:
        regulator.register()
        yield regulator


def to(request: httpx.Request, target: str, *, method: str | None = None) -> httpx.Request:
    """The same headers and body, sent to another target."""
    return httpx.Request(
        method or request.method,
        f"{HOST}{target}",
        headers=request.headers.raw,
        content=request.content,
    )


def with_header(request: httpx.Request, name: str, change: Callable[[str], str]) -> httpx.Request:
    """The same request with one header changed."""
    headers = [
        (raw_name, change(value.decode()).encode() if raw_name.decode().lower() == name else value)
        for raw_name, value in request.headers.raw
    ]
    return httpx.Request(request.method, request.url, headers=headers, content=request.content)


def twice(request: httpx.Request, name: str) -> httpx.Request:
    """The same request with one header line repeated."""
    again = [(raw, value) for raw, value in request.headers.raw if raw.decode().lower() == name]
    return httpx.Request(
        request.method,
        request.url,
        headers=[*request.headers.raw, *again],
        content=request.content,
    )


def named_in_capitals(request: httpx.Request) -> httpx.Request:
    headers = [(name.upper(), value) for name, value in request.headers.raw]
    return httpx.Request(request.method, request.url, headers=headers, content=request.content)


DISGUISES: dict[str, tuple[Disguise, str]] = {
    "as it was": (lambda request: request, "nonce_replayed"),
    "headers in capitals": (named_in_capitals, "nonce_replayed"),
    "a question mark at the end": (
        lambda request: to(request, "/demo/v1/declarations?"),
        "nonce_replayed",
    ),
    "spaces around the signature": (
        lambda request: with_header(request, "signature", lambda value: f"  {value}  "),
        "nonce_replayed",
    ),
    "another path": (lambda request: to(request, "/demo/v1/alerts"), "signature_invalid"),
    "another method": (
        lambda request: to(request, "/demo/v1/declarations", method="POST"),
        "signature_invalid",
    ),
    "a path that is encoded": (
        lambda request: to(request, "/demo/v1/%64eclarations"),
        "signature_invalid",
    ),
    "a path with two slashes": (lambda request: to(request, "/demo/v1//declarations"), "not_found"),
    "another query": (
        lambda request: to(request, "/demo/v1/declarations?limit=1"),
        "signature_invalid",
    ),
    "the signature twice": (lambda request: twice(request, "signature"), "signature_malformed"),
    "its input twice": (lambda request: twice(request, "signature-input"), "signature_malformed"),
    "two labels": (
        lambda request: with_header(
            with_header(
                request,
                "signature-input",
                lambda value: f"{value}, other={value.partition('=')[2]}",
            ),
            "signature",
            lambda value: f"{value}, other={value.partition('=')[2]}",
        ),
        "signature_malformed",
    ),
    "another nonce": (
        lambda request: with_header(
            request, "signature-input", lambda value: re.sub(r"nonce-\d+", "nonce-new", value)
        ),
        "signature_invalid",
    ),
    "a label in capitals": (
        lambda request: with_header(
            request, "signature", lambda value: value.replace("reinspect", "Reinspect")
        ),
        "signature_malformed",
    ),
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_request_is_heard_once_however_it_is_dressed_up(
    regulator: Connected, disguise: str
) -> None:
    dress, code = DISGUISES[disguise]
    request = regulator.signed("GET", "/declarations")
    assert regulator.send(request).status_code == 200

    again = regulator.send(dress(request))

    assert (again.json()["code"], again.status_code >= 400) == (code, True)


def test_the_order_of_a_query_is_signed(regulator: Connected) -> None:
    request = regulator.signed("GET", "/declarations?limit=1&cursor=1")

    swapped = regulator.send(to(request, "/demo/v1/declarations?cursor=1&limit=1"))

    assert swapped.json()["code"] == "signature_invalid"
    assert regulator.send(request).json()["code"] == "query_invalid"  # It was heard.


def test_an_idempotency_key_that_was_added_on_the_way_is_refused(regulator: Connected) -> None:
    request = regulator.signed("POST", "/notices/ntc-1/acknowledgement")
    request.headers["idempotency-key"] = "added"

    assert regulator.send(request).json()["code"] == "components_missing"


def test_an_idempotency_key_that_came_twice_is_refused(regulator: Connected) -> None:
    request = regulator.signed("POST", "/feed", b"[]", {"idempotency-key": "once"})

    assert regulator.send(twice(request, "idempotency-key")).json()["code"] == "signature_invalid"


def test_a_digest_that_came_twice_is_refused(regulator: Connected) -> None:
    request = regulator.signed("POST", "/feed", b"[]")

    assert regulator.send(twice(request, "content-digest")).json()["code"] == "signature_invalid"


def test_a_nonce_is_remembered_over_a_restart(regulator: Connected) -> None:
    request = regulator.signed("GET", "/time")
    regulator.send(request)

    regulator.restart()

    assert regulator.send(request).json()["code"] == "nonce_replayed"


@pytest.mark.parametrize("restarts", [False, True])
def test_a_clock_that_is_set_back_lets_no_former_request_in(
    regulator: Connected, restarts: bool
) -> None:
    """The nonce was forgotten an hour later, when no sane clock would take its signature."""
    request = regulator.signed("GET", "/time")
    regulator.send(request)
    regulator.wall.go_on(3600)
    regulator.ask("GET", "/time")
    if restarts:
        regulator.restart()
    regulator.wall.go_on(-3600)

    assert regulator.send(request).json()["code"] == "signature_stale"


def test_a_platforms_nonce_is_its_own(regulator: Connected) -> None:
    """What another platform uses up costs this one nothing."""
    from simulator.regulator.memory import Nonces

    nonces = Nonces()
    nonces.remember("reg-2", "same", regulator.wall())

    assert not nonces.has_seen("reg-1", "same")
    assert nonces.has_seen("reg-2", "same")
