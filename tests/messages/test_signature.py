"""A signature holds for the very message that was signed, and for no other."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.messages.signature import BadSignature, Signed, nonce_of, sign, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
KEYS = {"key-1": KEY.public_key(), "key-2": OTHER_KEY.public_key()}
AT = datetime(2023, 6, 1, 8, 0, 0, tzinfo=UTC)
BODY = b'{"records":3}'


def signed(**changes: object) -> dict[str, str]:
    """The headers of one announcement, signed by KEY."""
    request: dict[str, object] = {
        "method": "POST",
        "url": "http://127.0.0.1:8080/demo/v1/transmissions?a=1&b=%20",
        "headers": {"Idempotency-Key": "pay-1", "Content-Type": "application/json"},
        "body": BODY,
        "key": KEY,
        "key_id": "key-1",
        "nonce": "nonce-0001",
        "created": AT,
    }
    return sign(**(request | changes))  # type: ignore[arg-type]


def verified(headers: dict[str, str], **changes: object) -> Signed:
    """What verifying that announcement says."""
    request: dict[str, object] = {
        "method": "POST",
        "path": "/demo/v1/transmissions",
        "query": "a=1&b=%20",
        "headers": headers,
        "body": BODY,
        "key_of": KEYS.get,
        "now": AT,
    }
    return verify(**(request | changes))  # type: ignore[arg-type]


def refusal_of(headers: dict[str, str], **changes: object) -> str:
    """The problem code with which that announcement is refused."""
    with pytest.raises(BadSignature) as refused:
        verified(headers, **changes)
    return refused.value.code


def test_the_published_vector_of_a_request_with_a_body_holds() -> None:
    """Key: the 32 bytes 00 01 … 1f. Any other implementation must make the same headers."""
    assert signed() == {
        "Idempotency-Key": "pay-1",
        "Content-Type": "application/json",
        "Content-Digest": "sha-256=:5uc8eb9HIZe/F+1JvODNGMQHV0nORCdV1vl62qcPj9w=:",
        "Signature-Input": (
            'reinspect=("@method" "@path" "@query" "content-digest" "idempotency-key")'
            ';created=1685606400;keyid="key-1";nonce="nonce-0001"'
        ),
        "Signature": (
            "reinspect=:mX+SXZnjaI5+9Oe5UpBY7uhiGUiTvypL83g8yjrom8x6"
            "0+r+1ulwlPYwriAly1IHxwvhZyPOvyUOmu3kO87vBw==:"
        ),
    }


def test_the_published_vector_of_a_request_without_a_body_holds() -> None:
    headers = signed(method="GET", url="http://h/demo/v1/notices", headers={}, body=b"")

    assert headers == {
        "Signature-Input": (
            'reinspect=("@method" "@path" "@query")'
            ';created=1685606400;keyid="key-1";nonce="nonce-0001"'
        ),
        "Signature": (
            "reinspect=:emX9BncNu2+vfx4BU8w+m2680dYvTteyaTgzXxgEm3pJ"
            "tHDKPz8JkLnPJ8+4szij7K9/lilp31di3GMg3gI6DA==:"
        ),
    }


def test_the_vector_is_the_signature_over_the_base_that_rfc_9421_describes() -> None:
    base = (
        '"@method": POST\n'
        '"@path": /demo/v1/transmissions\n'
        '"@query": ?a=1&b=%20\n'
        '"content-digest": sha-256=:5uc8eb9HIZe/F+1JvODNGMQHV0nORCdV1vl62qcPj9w=:\n'
        '"idempotency-key": pay-1\n'
        '"@signature-params": ("@method" "@path" "@query" "content-digest" "idempotency-key")'
        ';created=1685606400;keyid="key-1";nonce="nonce-0001"'
    )
    assert (
        signed()["Signature"]
        == "reinspect=:" + base64.b64encode(KEY.sign(base.encode())).decode() + ":"
    )


def test_a_signature_names_key_nonce_and_time() -> None:
    assert verified(signed()) == Signed("key-1", "nonce-0001", AT)


def test_a_signature_holds_through_a_proxy_that_changes_the_origin_and_adds_headers() -> None:
    headers = signed(url="https://regulator.example/demo/v1/transmissions?a=1&b=%20")

    assert verified(headers | {"host": "other", "Via": "1.1 proxy"}) == Signed(
        "key-1", "nonce-0001", AT
    )


def test_an_empty_query_and_none_are_the_same() -> None:
    headers = signed(url="http://h/demo/v1/transmissions")

    assert verified(headers, query="") == Signed("key-1", "nonce-0001", AT)


@pytest.mark.parametrize(
    ("altered", "code"),
    [
        ({"method": "PUT"}, "signature_invalid"),
        ({"path": "/demo/v1/lineage"}, "signature_invalid"),
        ({"path": "/demo/v1/trans%6Dissions"}, "signature_invalid"),
        ({"query": "a=2&b=%20"}, "signature_invalid"),
        ({"query": ""}, "signature_invalid"),
        ({"body": b'{"records":4}'}, "digest_mismatch"),
        ({"body": b""}, "digest_mismatch"),
    ],
)
def test_an_altered_request_is_refused(altered: dict[str, object], code: str) -> None:
    assert refusal_of(signed(), **altered) == code


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("Idempotency-Key", "pay-2", "signature_invalid"),
        ("Content-Digest", "sha-256=:AAAA:", "signature_invalid"),
        (
            "Signature-Input",
            (
                'reinspect=("@method" "@path" "@query" "content-digest" "idempotency-key")'
                ';created=1685606400;keyid="key-1";nonce="nonce-0002"'
            ),
            "signature_invalid",
        ),
        (
            "Signature-Input",
            (
                'reinspect=("@method" "@path" "@query" "content-digest" "idempotency-key")'
                ';created=1685606401;keyid="key-1";nonce="nonce-0001"'
            ),
            "signature_invalid",
        ),
        (
            "Signature-Input",
            (
                'reinspect=("@method" "@path" "@query" "content-digest" "idempotency-key")'
                ';created=1685606400;keyid="key-2";nonce="nonce-0001"'
            ),
            "signature_invalid",
        ),
        (
            "Signature-Input",
            (
                'reinspect=("@method" "@path" "@query")'
                ';created=1685606400;keyid="key-1";nonce="nonce-0001"'
            ),
            "components_missing",
        ),
        (
            "Signature-Input",
            (
                'reinspect=("@method" "@path" "@query" "content-digest" "idempotency-key")'
                ';created=1685606400;keyid="key-1"'
            ),
            "signature_malformed",
        ),
        (
            "Signature-Input",
            (
                'reinspect=("@method" "@path" "@query" "content-digest" "idempotency-key")'
                ';created="1685606400";keyid="key-1";nonce="n"'
            ),
            "signature_malformed",
        ),
        ("Signature-Input", 'other=("@method");created=1', "signature_malformed"),
        ("Signature-Input", "reinspect=(((", "signature_malformed"),
        ("Signature", "reinspect=:AAAA:", "signature_invalid"),
        ("Signature", "reinspect=1", "signature_malformed"),
        ("Signature", "reinspect=:!:", "signature_malformed"),
        ("Signature", "réinspect", "signature_malformed"),
    ],
)
def test_an_altered_header_is_refused(header: str, value: str, code: str) -> None:
    assert refusal_of(signed() | {header: value}) == code


@pytest.mark.parametrize("header", ["Signature", "Signature-Input"])
def test_a_request_without_its_signature_is_refused(header: str) -> None:
    headers = {name: value for name, value in signed().items() if name != header}

    assert refusal_of(headers) == "signature_missing"


def test_an_idempotency_key_that_was_added_later_is_refused() -> None:
    headers = signed(headers={}) | {"Idempotency-Key": "pay-1"}

    assert refusal_of(headers) == "components_missing"


def test_a_covered_idempotency_key_that_was_taken_away_is_refused() -> None:
    headers = {name: value for name, value in signed().items() if name != "Idempotency-Key"}

    assert refusal_of(headers) == "signature_invalid"


def test_a_body_that_was_signed_without_its_digest_is_refused() -> None:
    assert refusal_of(signed(body=b"")) == "components_missing"


def test_an_unknown_key_is_refused() -> None:
    assert refusal_of(signed(key_id="key-9")) == "key_unknown"


def test_a_signature_by_another_key_is_refused() -> None:
    assert refusal_of(signed(key=OTHER_KEY)) == "signature_invalid"


@pytest.mark.parametrize("off_by_s", [-301, 301])
def test_a_signature_out_of_its_window_is_stale(off_by_s: int) -> None:
    assert refusal_of(signed(), now=AT + timedelta(seconds=off_by_s)) == "signature_stale"


@pytest.mark.parametrize("off_by_s", [-300, 300])
def test_a_signature_at_the_edge_of_its_window_holds(off_by_s: int) -> None:
    assert verified(signed(), now=AT + timedelta(seconds=off_by_s)).nonce == "nonce-0001"


def test_signing_again_replaces_the_former_signature() -> None:
    once = signed()

    assert signed(headers=once) == once


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(
    signature_input=st.one_of(
        st.text(max_size=80),
        st.text(max_size=60).map('reinspect=("@method" "@path" "@query");created=1;'.__add__),
        st.text(max_size=60).map("reinspect=".__add__),
    ),
    signature=st.one_of(st.text(max_size=40), st.text(max_size=40).map("reinspect=".__add__)),
    path=st.text(max_size=20).map("/".__add__),
    query=st.text(max_size=20),
)
def test_whatever_is_sent_is_refused_and_never_a_crash(
    signature_input: str, signature: str, path: str, query: str
) -> None:
    headers = {"Signature-Input": signature_input, "Signature": signature}
    with pytest.raises(BadSignature):
        verify(
            method="GET",
            path=path,
            query=query,
            headers=headers,
            body=b"",
            key_of=lambda key_id: Ed25519PublicKey.from_public_bytes(bytes(32)),
            now=AT,
        )


ASCII = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40)


@settings(derandomize=True, deadline=None)
@given(key_id=st.one_of(ASCII, st.just("a;nonce=")), nonce=st.one_of(ASCII, st.just(';nonce="x"')))
def test_the_nonce_that_is_remembered_is_the_one_that_was_signed(key_id: str, nonce: str) -> None:
    """However a sender writes it: the short way of reading it must not see another."""
    headers = sign(
        method="GET",
        url="http://h/demo/v1/time",
        headers={},
        body=b"",
        key=KEY,
        key_id=key_id,
        nonce=nonce,
        created=AT,
    )

    assert nonce_of(headers["Signature-Input"]) == nonce
