"""SM2 with SM3 (GB/T 32918.2, GB/T 32905): the national cryptography that a sandbox may choose.

The curve is sm2p256v1 and the distinguishing id `1234567812345678`. A signature is r and s, 32
bytes each, big-endian, one after the other; a public key is 65 bytes, 04, x and y. The curve's
arithmetic is gmalg's, in pure Python, so a signature costs tens of milliseconds.
"""

import secrets
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.hmac import HMAC
from gmalg import SM2
from gmalg.errors import GMError

from simulator.messages.suites import Suite

DISTINGUISHING_ID = b"1234567812345678"
PRIME = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = PRIME - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
GENERATOR = bytes.fromhex(
    "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"
    "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"
)
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SIZE_BYTES = 32


def sm3(data: bytes) -> bytes:
    """The SM3 digest, 32 bytes; hashlib has it only where the machine's OpenSSL does."""
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize()


class Sm2PublicKey:
    """A point of the curve."""

    __slots__ = ("_core", "_raw")

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._core = SM2(uid=DISTINGUISHING_ID, pk=raw)

    @classmethod
    def from_public_bytes(cls, raw: bytes) -> "Sm2PublicKey":
        """ValueError unless it is 04, x and y of a point of the curve."""
        if len(raw) != 1 + 2 * SIZE_BYTES or raw[0] != 4:
            raise ValueError(f"an SM2 public key is 04, x and y in 65 bytes, but is {len(raw)}")
        x, y = _number(raw[1:33]), _number(raw[33:])
        if x >= PRIME or y >= PRIME or (y * y - x * x * x - A * x - B) % PRIME:
            raise ValueError("the point is not on the curve sm2p256v1")
        return cls(raw)

    def public_bytes_raw(self) -> bytes:
        return self._raw

    def verify(self, signature: bytes, data: bytes, /) -> None:
        """Raises InvalidSignature unless r and s fit the message."""
        if len(signature) != 2 * SIZE_BYTES:
            raise InvalidSignature
        try:
            holds = self._core.verify(data, signature[:SIZE_BYTES], signature[SIZE_BYTES:])
        except (GMError, ArithmeticError, TypeError, ValueError) as error:
            raise InvalidSignature from error  # A sum that is the point at infinity.
        if not holds:
            raise InvalidSignature


class Sm2PrivateKey:
    """A number d, and the point dG."""

    __slots__ = ("_number", "_public")

    def __init__(self, number: int) -> None:
        self._number = number
        pair = SM2(uid=DISTINGUISHING_ID)
        self._public = Sm2PublicKey(pair.generate_pk(number.to_bytes(SIZE_BYTES, "big")))

    @classmethod
    def generate(cls) -> "Sm2PrivateKey":
        return cls(1 + secrets.randbelow(ORDER - 2))

    @classmethod
    def from_private_bytes(cls, raw: bytes) -> "Sm2PrivateKey":
        """ValueError unless it is a number from 1 to the order of the curve less 2."""
        if len(raw) != SIZE_BYTES or not 1 <= _number(raw) <= ORDER - 2:
            raise ValueError("an SM2 private key is 32 bytes, from 1 to the curve's order less 2")
        return cls(_number(raw))

    def private_bytes_raw(self) -> bytes:
        return self._number.to_bytes(SIZE_BYTES, "big")

    def public_key(self) -> Sm2PublicKey:
        return self._public

    def sign(self, data: bytes, /) -> bytes:
        """r and s. The same message gets the same signature, as RFC 6979 has it with HMAC-SM3, so
        that a sandbox can be played again to the byte."""
        return sign_with(self, data, _numbers(self._number, digest_of(self._public, data)))


def sign_with(key: Sm2PrivateKey, data: bytes, numbers: Callable[[int], int]) -> bytes:
    """The signature whose secret number k is the next of `numbers` that fits."""
    core = SM2(
        key.private_bytes_raw(),
        DISTINGUISHING_ID,
        key.public_key().public_bytes_raw(),
        rnd_fn=numbers,
    )
    r: bytes
    s: bytes
    r, s = core.sign(data)
    return r.rjust(SIZE_BYTES, b"\0") + s.rjust(SIZE_BYTES, b"\0")


def identity_of(key: Sm2PublicKey) -> bytes:
    """Z: the digest of the distinguishing id, the curve and the public key."""
    length_bits = (len(DISTINGUISHING_ID) * 8).to_bytes(2, "big")
    curve = A.to_bytes(SIZE_BYTES, "big") + B.to_bytes(SIZE_BYTES, "big") + GENERATOR
    return sm3(length_bits + DISTINGUISHING_ID + curve + key.public_bytes_raw()[1:])


def digest_of(key: Sm2PublicKey, data: bytes) -> bytes:
    """e: what is signed, the digest of Z and the message."""
    return sm3(identity_of(key) + data)


def _numbers(secret: int, digest: bytes) -> Callable[[int], int]:
    """RFC 6979 section 3.2: secret numbers that only the key and the message determine."""
    seed = secret.to_bytes(SIZE_BYTES, "big")
    seed += (_number(digest) % ORDER).to_bytes(SIZE_BYTES, "big")
    key, value = bytes(SIZE_BYTES), b"\1" * SIZE_BYTES
    for mark in (b"\0", b"\1"):
        key = _hmac(key, value + mark + seed)
        value = _hmac(key, value)

    def following(_: int) -> int:
        nonlocal key, value
        value = _hmac(key, value)
        number = _number(value)
        key = _hmac(key, value + b"\0")  # For the case that this number does not fit.
        value = _hmac(key, value)
        return number

    return following


def _hmac(key: bytes, data: bytes) -> bytes:
    code = HMAC(key, SM3())
    code.update(data)
    return code.finalize()


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "big")


SM2_SM3 = Suite(
    id="sm2",
    title="SM2 with SM3",
    private_type=Sm2PrivateKey,
    public_type=Sm2PublicKey,
    generate=Sm2PrivateKey.generate,
    private_key=Sm2PrivateKey.from_private_bytes,
    public_key=Sm2PublicKey.from_public_bytes,
    public_size_bytes=65,
    digests={"sm3": sm3},
    example_public_key=(
        "BKPXuauavZwQv9J+bbHrgLFwwHrKCf/ZFMfFfmLA5Q/zlTsqboqyviIaXVfahv6uoQ3LIJoPKp+e7pOAFY//jaI="
    ),
)
