"""The published vectors are what this project makes, and what a few lines of Python find right."""

import base64
import hashlib

import pytest

from simulator.messages.signature import Signed, sign, verify
from simulator.messages.suites import suites
from simulator.messages.suites.sm2 import sm3
from tests.messages.vectors import AT, PRIVATE_KEY, VECTORS, Vector

vectors = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)


def headers_of(vector: Vector) -> dict[str, str]:
    """The headers of the message, those that sign it included."""
    sent = {} if vector.idempotency_key is None else {"Idempotency-Key": vector.idempotency_key}
    return sent | dict(line.split(": ", 1) for line in vector.headers)


@vectors
def test_signing_makes_the_vector(vector: Vector) -> None:
    sent = {} if vector.idempotency_key is None else {"Idempotency-Key": vector.idempotency_key}

    made = sign(
        method=vector.method,
        url=f"http://any/{vector.path[1:]}?{vector.query}",
        headers=sent,
        body=vector.body.encode(),
        key=suites()[vector.suite].private_key(PRIVATE_KEY),
        key_id=vector.key_id,
        nonce=vector.nonce,
        created=AT,
    )

    assert made == headers_of(vector)


@vectors
def test_the_vector_verifies(vector: Vector) -> None:
    key = suites()[vector.suite].private_key(PRIVATE_KEY).public_key()

    signed = verify(
        method=vector.method,
        path=vector.path,
        query=vector.query,
        headers=headers_of(vector),
        body=vector.body.encode(),
        key_of={vector.key_id: key}.get,
        now=AT,
    )

    assert signed == Signed(vector.key_id, vector.nonce, AT)


@vectors
def test_the_vector_is_the_signature_over_its_base_by_hand(vector: Vector) -> None:
    key = suites()[vector.suite].private_key(PRIVATE_KEY)
    digests = {"ed25519": ("sha-256", hashlib.sha256(vector.body.encode()).digest())}
    digests["sm2"] = ("sm3", sm3(vector.body.encode()))
    name, digest = digests[vector.suite]
    covered = [
        f'"@method": {vector.method}',
        f'"@path": {vector.path}',
        f'"@query": ?{vector.query}',
    ]
    if vector.body:
        covered.append(f'"content-digest": {name}=:{base64.b64encode(digest).decode()}:')
    if vector.idempotency_key is not None:
        covered.append(f'"idempotency-key": {vector.idempotency_key}')
    names = " ".join(line.partition(": ")[0] for line in covered)
    stated = f'({names});created=1685606400;keyid="{vector.key_id}";nonce="{vector.nonce}"'

    base = "\n".join([*covered, f'"@signature-params": {stated}'])

    assert base == vector.base
    assert base64.b64encode(key.sign(base.encode())).decode() == vector.signature
