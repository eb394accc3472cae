"""Turns a counter into identifiers that never repeat, yet differ from seed to seed.

Uniqueness comes from counting, never from luck: `Spread` walks every number of a range once, in an
order that the seed decides. Numbers are spelled in base nine, so that no identifier holds the
digits 99; every amount of money ends in them. An amount can therefore never be found inside an
identifier.
"""

import math
import random
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy

NINE = "012345678"
"""Digits of everything that is counted."""
CONSONANTS = "bcdfghjkmnpqrstvwxz"
"""Letters that spell no word."""


_WORD = (1 << 64) - 1

Number = TypeVar("Number", int, "numpy.ndarray[Any, numpy.dtype[numpy.uint64]]")
"""One number, or a whole column of them: the same arithmetic serves both."""


class Draws:
    """The random numbers of one thing, one for each number it is asked for, in any order.

    They are mixed from seed, name and number by SplitMix64 (Steele, Lea and Flood, 2014), so that
    the millionth needs none of those before it, and a column of them comes at once.
    """

    def __init__(self, seed: int, name: str) -> None:
        self._key = stream(seed, "draws", name).getrandbits(64)

    def __getitem__(self, number: Number) -> Number:
        """64 bits."""
        mixed: Any = (number * 0x9E3779B97F4A7C15 + self._key) & _WORD
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _WORD
        drawn: Number = mixed ^ (mixed >> 31)
        return drawn

    def below(self, number: Number, count: int) -> Number:
        """A whole number from 0 to `count - 1`; `count` may have 32 bits."""
        bits: Any = self[number]
        drawn: Number = ((bits >> 32) * count) >> 32
        return drawn

    def share(self, number: Number) -> Any:
        """A float, or floats, from 0 up to 1."""
        return (self[number] >> 11) * 2.0**-53


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
        return self.at(counter)

    def at(self, counter: Number) -> Number:
        """The same for a whole column; the caller knows that all of it is in the range."""
        return (counter * self._step + self._start) % self.capacity
