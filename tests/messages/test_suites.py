"""Every suite signs and digests as its standard says, and as OpenSSL does independently of us."""

import base64
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.messages.suites import Suite, suite_of, suites
from simulator.messages.suites.sm2 import (
    ORDER,
    Sm2PrivateKey,
    Sm2PublicKey,
    digest_of,
    identity_of,
    sign_with,
    sm3,
)

STANDARD_KEY = Sm2PrivateKey.from_private_bytes(
    bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
)
STANDARD_K = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
STANDARD_R = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
STANDARD_S = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
KEY = Sm2PrivateKey.from_private_bytes(bytes(range(32)))
OpenSsl = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(params=list(suites().values()), ids=list(suites()))
def suite(request: pytest.FixtureRequest) -> Suite:
    found: Suite = request.param
    return found


def test_what_a_key_signs_its_public_half_verifies_and_nothing_else(suite: Suite) -> None:
    key = suite.private_key(bytes(range(32)))
    other = suite.generate()
    signature = key.sign(b"three records")

    key.public_key().verify(signature, b"three records")

    assert len(signature) == 64
    for public, altered, message in (
        (key.public_key(), signature, b"four records"),
        (key.public_key(), signature[:-1] + bytes([signature[-1] ^ 1]), b"three records"),
        (key.public_key(), signature[:-1], b"three records"),
        (key.public_key(), bytes(64), b"three records"),
        (key.public_key(), b"\xff" * 64, b"three records"),
        (other.public_key(), signature, b"three records"),
    ):
        with pytest.raises(InvalidSignature):
            public.verify(altered, message)


def test_the_same_message_gets_the_same_signature(suite: Suite) -> None:
    key = suite.private_key(bytes(range(32)))

    assert key.sign(b"once") == key.sign(b"once") != key.sign(b"twice")


def test_a_key_travels_as_raw_bytes_and_names_its_suite(suite: Suite) -> None:
    key = suite.private_key(bytes(range(32)))
    raw = key.public_key().public_bytes_raw()

    assert key.private_bytes_raw() == bytes(range(32))
    assert base64.b64encode(raw).decode() == suite.example_public_key
    assert len(raw) == suite.public_size_bytes
    assert suite.public_key(raw).public_bytes_raw() == raw
    assert suite_of(key) is suite_of(key.public_key()) is suite


def test_a_key_of_no_suite_is_our_own_mistake() -> None:
    with pytest.raises(TypeError, match="int belongs to no suite of ed25519, sm2"):
        suite_of(7)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
        (b"", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"),
    ],
)
def test_sm3_is_that_of_the_standard(message: bytes, digest: str) -> None:
    """GB/T 32905-2016 annex A."""
    assert sm3(message).hex() == digest


def test_sm2_is_that_of_the_standard() -> None:
    """GB/T 32918.5-2017 annex A, every intermediate value."""
    public = STANDARD_KEY.public_key()

    assert public.public_bytes_raw().hex().upper() == (
        "04"
        "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    assert identity_of(public).hex().upper() == (
        "B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3"
    )
    assert digest_of(public, b"message digest").hex().upper() == (
        "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640"
    )
    signature = sign_with(STANDARD_KEY, b"message digest", lambda bits: STANDARD_K)
    assert signature.hex().upper() == STANDARD_R + STANDARD_S
    public.verify(signature, b"message digest")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        bytes(65),
        b"\4" + bytes(64),
        b"\4" + b"\xff" * 64,
        b"\2" + KEY.public_key().public_bytes_raw()[1:],
        KEY.public_key().public_bytes_raw()[:-1],
        KEY.public_key().public_bytes_raw() + b"\0",
        KEY.public_key().public_bytes_raw()[:-1] + b"\0",
    ],
)
def test_what_is_no_point_of_the_curve_is_no_public_key(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"65 bytes|not on the curve"):
        Sm2PublicKey.from_public_bytes(raw)


@pytest.mark.parametrize("number", [0, ORDER - 1, ORDER, 2**256 - 1])
def test_a_number_outside_the_group_is_no_private_key(number: int) -> None:
    with pytest.raises(ValueError, match="order less 2"):
        Sm2PrivateKey.from_private_bytes(number.to_bytes(32, "big"))


@pytest.mark.parametrize(
    ("r", "s"), [(0, 1), (1, 0), (ORDER, 1), (1, ORDER), (1, ORDER - 1), (ORDER - 1, 1)]
)
def test_a_pair_outside_the_group_is_no_signature(r: int, s: int) -> None:
    with pytest.raises(InvalidSignature):
        KEY.public_key().verify(r.to_bytes(32, "big") + s.to_bytes(32, "big"), b"")


def test_a_sum_that_is_the_point_at_infinity_is_no_signature() -> None:
    """With the private key 1 the sum sG + tP vanishes where s + t is the order."""
    public = Sm2PrivateKey.from_private_bytes((1).to_bytes(32, "big")).public_key()
    s, r = 5, ORDER - 10

    with pytest.raises(InvalidSignature):
        public.verify(r.to_bytes(32, "big") + s.to_bytes(32, "big"), b"")


@pytest.fixture
def openssl() -> OpenSsl:
    """The command line, which shares no code with us; every machine that runs the tests has it."""
    program = shutil.which("openssl")
    assert program is not None, "install openssl: it is the second opinion on SM2"

    def run(*arguments: str | Path) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            [program, *map(str, arguments)], capture_output=True, check=False, timeout=120
        )

    return run


def der_of(key: Sm2PrivateKey) -> bytes:
    """RFC 5915: version, d, the curve's object identifier, the public key."""
    curve = bytes.fromhex("a00a06082a811ccf5501822d")
    point = b"\3\x42\0" + key.public_key().public_bytes_raw()
    content = b"\2\1\1" + b"\4\x20" + key.private_bytes_raw() + curve + b"\xa1\x44" + point
    return b"\x30" + bytes([len(content)]) + content


SM2_OPTIONS = ("-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678")


def test_openssl_verifies_what_we_sign(openssl: OpenSsl, tmp_path: Path) -> None:
    key, message, signature = (tmp_path / name for name in ("key.der", "message", "signature"))
    key.write_bytes(der_of(KEY))
    message.write_bytes(b'"@method": GET')
    raw = KEY.sign(message.read_bytes())
    signature.write_bytes(
        encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    )

    said = openssl(
        "pkeyutl", "-verify", "-inkey", key, "-keyform", "DER", "-in", message,
        "-sigfile", signature, *SM2_OPTIONS,
    )  # fmt: skip
    message.write_bytes(b'"@method": PUT')
    denied = openssl(
        "pkeyutl", "-verify", "-inkey", key, "-keyform", "DER", "-in", message,
        "-sigfile", signature, *SM2_OPTIONS,
    )  # fmt: skip

    assert (said.returncode, said.stdout) == (0, b"Signature Verified Successfully\n"), said
    assert denied.returncode != 0


def test_we_verify_what_openssl_signs(openssl: OpenSsl, tmp_path: Path) -> None:
    key, message, signature = (tmp_path / name for name in ("key.der", "message", "signature"))
    key.write_bytes(der_of(KEY))
    message.write_bytes(b'"@method": GET')

    said = openssl(
        "pkeyutl", "-sign", "-inkey", key, "-keyform", "DER", "-in", message,
        "-out", signature, *SM2_OPTIONS,
    )  # fmt: skip

    assert said.returncode == 0, said.stderr
    r, s = decode_dss_signature(signature.read_bytes())
    KEY.public_key().verify(r.to_bytes(32, "big") + s.to_bytes(32, "big"), message.read_bytes())


def test_openssl_makes_the_same_sm3(openssl: OpenSsl, tmp_path: Path) -> None:
    message = tmp_path / "message"
    message.write_bytes(bytes(range(256)) * 33)

    said = openssl("dgst", "-sm3", "-binary", message)

    assert said.stdout == sm3(message.read_bytes())


@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(data=st.binary(max_size=200), number=st.integers(min_value=1, max_value=ORDER - 2))
def test_any_key_signs_anything(data: bytes, number: int) -> None:
    key = Sm2PrivateKey.from_private_bytes(number.to_bytes(32, "big"))

    key.public_key().verify(key.sign(data), data)


SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]


@pytest.mark.parametrize("raw", SMALL_ORDER)
def test_a_key_for_which_anybody_can_sign_is_none(raw: str) -> None:
    """With the first of them the signature of 01 and 63 zeros holds for every message."""
    with pytest.raises(ValueError, match=r"small order|right form"):
        suites()["ed25519"].public_key(bytes.fromhex(raw))


@pytest.mark.parametrize("r", [0, 1, ORDER - 1, ORDER, 2**256 - 1])
@pytest.mark.parametrize("s", [0, 1, ORDER - 1, ORDER, 2**256 - 1])
def test_sm2_takes_no_number_at_or_beyond_its_edge(r: int, s: int) -> None:
    key = suites()["sm2"].private_key(bytes(range(32))).public_key()

    with pytest.raises(InvalidSignature):
        key.verify(r.to_bytes(32, "big") + s.to_bytes(32, "big"), b"message")


@pytest.mark.parametrize(
    "raw", [b"\0", b"\4" + bytes(64), b"\4" + b"\xff" * 64, b"\2" + bytes(32), bytes(65), b""]
)
def test_sm2_takes_no_point_that_is_nowhere(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"65 bytes|on the curve"):
        suites()["sm2"].public_key(raw)
