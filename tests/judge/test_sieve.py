"""A sieve never holds back what is sought."""

import random

import pytest

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


@pytest.mark.parametrize("window", [5, 8])
@pytest.mark.parametrize("step", [2, 4, 8])
def test_with_a_step_what_is_that_much_longer_is_seen_wherever_it_stands(
    window: int, step: int
) -> None:
    whole, part = Sieve(window=window, step=step), Sieve(window=window, step=step)
    sought = b"abcdefghijklmnopqrstuvwx"
    whole.add(sought)
    part.add_parts(sought)

    for before in range(20):
        assert whole.may_hold(b"." * before + sought[: whole.least] + b"....")
        for start in range(len(sought) - part.least + 1):
            piece = sought[start : start + part.least]
            assert part.may_hold(b"." * before + piece + b"....")
    assert not part.may_hold(b"." * 100)


@pytest.mark.parametrize("step", [1, 4])
def test_it_takes_for_sought_only_what_begins_as_something_sought(step: int) -> None:
    draw = random.Random(11)
    sieve = Sieve(step=step)
    begins = [draw.randbytes(sieve.least) for _ in range(50)]
    for begin in begins:
        sieve.add(begin)
    sought = {begin[at : at + 8] for begin in begins for at in range(step)}

    for _ in range(500):
        data = draw.randbytes(20) + draw.choice([b"", draw.choice(begins)]) + draw.randbytes(20)
        looked_up = {data[at : at + 8] for at in range(0, len(data) - 7, step)}
        assert sieve.may_hold(data) == (not sought.isdisjoint(looked_up))


def test_less_than_a_sieve_needs_is_refused() -> None:
    with pytest.raises(ValueError, match="11 bytes are needed, not 10"):
        Sieve(step=4).add(b"0123456789")
