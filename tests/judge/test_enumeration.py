"""An unkeyed hash with its last four digits is found out; a keyed token is not."""

import hashlib
import hmac

import pytest

from scenarios.judge.enumeration import (
    ALGORITHMS,
    SEGMENTS,
    Recovered,
    digest_of,
    recover_mobile,
)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_number_behind_an_unkeyed_hash_is_found(algorithm: str) -> None:
    digest = digest_of("15413572468", algorithm)
    place = SEGMENTS.index("154")
    assert recover_mobile(digest, "2468", algorithm) == Recovered(
        "15413572468", place * 10_000 + 1357 + 1, algorithm
    )


def test_the_first_and_the_last_candidate_are_tried() -> None:
    first = recover_mobile(digest_of("13000000000", "sha256"), "0000", "sha256")
    last = recover_mobile(digest_of("19999999999", "sha256"), "9999", "sha256")
    assert first == Recovered("13000000000", 1, "sha256")
    assert last == Recovered("19999999999", 490_000, "sha256")


def test_a_keyed_token_is_not_recovered() -> None:
    token = hmac.new(b"a key that stays in the country", b"15413572468", hashlib.sha256)
    assert recover_mobile(token.hexdigest(), "2468", "sha256") is None


def test_the_wrong_last_four_recovers_nothing() -> None:
    assert recover_mobile(digest_of("15413572468", "md5"), "2469", "md5") is None


def test_what_is_no_digest_of_that_length_recovers_nothing() -> None:
    assert recover_mobile("not hex", "2468", "sha256") is None
    assert recover_mobile(digest_of("15413572468", "md5"), "2468", "sha256") is None
    assert recover_mobile("abc", "2468", "md5") is None


def test_a_digest_in_capitals_is_the_same_digest() -> None:
    digest = digest_of("13012342468", "sha1").upper()
    assert recover_mobile(digest, "2468", "sha1") == Recovered("13012342468", 1235, "sha1")


def test_our_own_mistakes_are_refused() -> None:
    with pytest.raises(ValueError, match="algorithm must be one of md5, sha1, sha256, sm3"):
        recover_mobile("00", "2468", "crc32")
    with pytest.raises(ValueError, match="last_four must be four digits, but was '246'"):
        recover_mobile("00", "246", "md5")


def test_digests_agree_with_published_vectors() -> None:
    assert [digest_of("abc", algorithm) for algorithm in ALGORITHMS] == [
        "900150983cd24fb0d6963f7d28e17f72",
        "a9993e364706816aba3e25717850c26c9cd0d89d",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
        "8086072ba1e7cc2358baeca134c825a7",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
        "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
        "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0",
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
    ]


def test_every_segment_is_listed_once() -> None:
    assert len(SEGMENTS) == len(set(SEGMENTS)) == 49
