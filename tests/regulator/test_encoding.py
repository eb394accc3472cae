"""What was compressed is read as it was meant, and a bomb is refused before it unfolds."""

import gzip
import tracemalloc
import zlib

import pytest

from simulator.regulator.encoding import MEMBERS_MAX, decompressed
from simulator.regulator.limits import BODY, MIB
from simulator.regulator.refusal import Refusal

MESSAGE = b'{"purpose":"settlement"}' * 100


def code_of(outcome: bytes | Refusal) -> str:
    assert isinstance(outcome, Refusal)
    return outcome.code


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", MESSAGE),
        ("identity", MESSAGE),
        ("gzip", gzip.compress(MESSAGE)),
        (" GZIP ", gzip.compress(MESSAGE)),
        ("gzip", gzip.compress(MESSAGE[:50]) + gzip.compress(MESSAGE[50:])),
        ("deflate", zlib.compress(MESSAGE)),
    ],
    ids=range(6),
)
def test_a_compressed_body_is_read(encoding: str, body: bytes) -> None:
    assert decompressed(body, encoding) == MESSAGE


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "deflate,gzip", "zstd"])
def test_an_unknown_encoding_is_refused(encoding: str) -> None:
    outcome = decompressed(gzip.compress(MESSAGE), encoding)

    assert isinstance(outcome, Refusal)
    assert (outcome.status, outcome.code) == (415, "encoding_unsupported")
    assert outcome.errors[0].value == encoding


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", MESSAGE),
        ("gzip", zlib.compress(MESSAGE)),
        ("gzip", gzip.compress(MESSAGE)[:-9]),
        ("gzip", gzip.compress(MESSAGE) + b"more"),
        ("deflate", zlib.compress(MESSAGE) + b"more"),
        ("deflate", zlib.compress(MESSAGE)[:-1]),
    ],
    ids=range(6),
)
def test_what_is_not_as_it_says_is_refused(encoding: str, body: bytes) -> None:
    assert code_of(decompressed(body, encoding)) == "encoding_malformed"


def test_a_small_body_may_unfold_to_a_mebibyte_whatever_its_ratio() -> None:
    assert decompressed(gzip.compress(bytes(MIB)), "gzip") == bytes(MIB)
    assert code_of(decompressed(gzip.compress(bytes(MIB + 1)), "gzip")) == "body_too_large"


def test_a_bomb_is_refused_within_bounded_memory() -> None:
    """A gibibyte of nothing, as a thousand members of a kibibyte each."""
    bomb = gzip.compress(bytes(MIB)) * 1024
    tracemalloc.start()
    try:
        outcome = decompressed(bomb, "gzip")
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert isinstance(outcome, Refusal)
    assert outcome.errors[0].value == f"more than {BODY.value}, decompressed"
    assert peak_bytes < 2 * BODY.value


def test_a_body_of_many_little_members_is_refused_before_it_takes_long() -> None:
    """Each member has what follows it copied: 1,600,000 of them would keep everybody waiting."""
    member = gzip.compress(b"x")

    assert decompressed(member * MEMBERS_MAX, "gzip") == b"x" * MEMBERS_MAX
    outcome = decompressed(member * (MEMBERS_MAX + 1), "gzip")

    assert code_of(outcome) == "encoding_malformed"
    assert isinstance(outcome, Refusal)
    assert outcome.detail == "the body is not gzip (it has more than 100 members)"
