"""A sieve never holds back what is sought."""

import random

from scenarios.judge.sieve import Sieve, narrowed


def test_what_is_sought_is_seen_wherever_it_starts() -> None:
    sieve = Sieve()
    sieve.add(b"12345678 and whatever follows")

    assert all(sieve.may_hold(b"x" * before + b"12345678" + b"y" * 3) for before in range(20))
    assert not sieve.may_hold(b"x1234567x1234567x")
    assert not sieve.may_hold(b"1234567")
    assert not sieve.may_hold(b"")


def test_a_text_is_seen_beside_any_other_text() -> None:
    draw = random.Random(7)
    letters = "ab中文é😀1"
    for _ in range(200):
        sought, before, after = (
            "".join(draw.choice(letters) for _ in range(length)) for length in (8, 5, 9)
        )
        sieve = Sieve()
        sieve.add(narrowed(sought))

        assert sieve.may_hold(narrowed(before + sought + after))
