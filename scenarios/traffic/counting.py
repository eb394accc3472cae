"""Turns a counter into identifiers that never repeat, yet differ from seed to seed.

Uniqueness comes from counting, never from luck: `Spread` walks every number of a range once, in an
order that the seed decides. Numbers are spelled in base nine, so that no identifier holds the
digits 99; every amount of money ends in them. An amount can therefore never be found inside an
identifier.
"""

import math
import random

NINE = "012345678"
"""Digits of everything that is counted."""
CONSONANTS = "bcdfghjkmnpqrstvwxz"
"""Letters that spell no word."""


def stream(seed: int, *names: object) -> random.Random:
    """The random numbers of one thing, the same whatever was drawn before for other things."""
    return random.Random("/".join(map(str, (seed, *names))))


def spelled(number: int, alphabet: str, width: int) -> str:
    """`number` in the digits of `alphabet`, `width` of them; OverflowError when it does not fit."""
    left, letters = number, []
    for _ in range(width):
        left, digit = divmod(left, len(alphabet))
        letters.append(alphabet[digit])
    if left:
        raise OverflowError(f"{number} does not fit into {width} digits of {alphabet!r}")
    return "".join(reversed(letters))


class Exhausted(OverflowError):
    """A range that has no unused number left."""


class Spread:
    """A permutation of `range(capacity)`: different counters never give equal numbers."""

    def __init__(self, capacity: int, seed: int, name: str) -> None:
        draws = stream(seed, "spread", name)
        self.capacity, self.name = capacity, name
        self._start = draws.randrange(capacity)
        step = draws.randrange(capacity // 3, capacity // 2)
        while math.gcd(step, capacity) != 1:
            step += 1
        self._step = step

    def __getitem__(self, counter: int) -> int:
        if not 0 <= counter < self.capacity:
            raise Exhausted(
                f"there are {self.capacity} of {self.name!r}, but number {counter} was asked for"
            )
        return (self._start + counter * self._step) % self.capacity
