"""Amounts of money, no two equal, so that an amount alone joins what left to its payment.

Every amount ends in 99 and holds no other 9, so it cannot be inside an identifier (see `counting`);
it has at least six digits, so it is not hit by chance.

An amount follows from the number of its payment and from its currency's usual size alone. How many
digits it has is decided first: as many as are usual, sometimes one more, and never fewer than the
payments of a run need. Amounts of different lengths differ; those of one length are numbers of one
permutation, of which each payment takes its own.
"""

from functools import cache
from typing import Any

from scenarios.traffic.counting import NINE, Draws, Number, Spread, spelled

FEWEST_DIGITS = 4
"""Of an amount in hundreds of minor units."""
MOST_DIGITS = 12
LARGER_SHARE = 4
"""One amount in so many has a digit more than is usual."""


class Amounts:
    """Gives every payment its own amount."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._larger = Draws(seed, "larger amounts")
        self.of_length = cache(self._of_length)

    def of(self, number: int, usual: int) -> int:
        """The amount of payment `number` in minor units; about as many digits as `usual` hundreds
        have."""
        length = self.length(number, usual)
        return int(spelled(self.hundreds(number, length), NINE, length) + "99")

    def length(self, number: int, usual: int) -> int:
        """How many digits the amount has, its 99 apart."""
        wished = max(FEWEST_DIGITS, len(str(usual))) + int(self.is_larger(number))
        return max(wished, needed(number))

    def is_larger(self, number: Number) -> Any:
        """Whether it has a digit more than is usual; a column of answers for a column."""
        return self._larger.below(number, LARGER_SHARE) == 0

    def hundreds(self, number: Number, length: int) -> Number:
        """The amount without its 99, as the number that its digits are in base nine."""
        return self.of_length(length).at(number) + smallest(length)

    def _of_length(self, length: int) -> Spread:
        return Spread(capacity(length), self._seed, f"amounts of {length} digits")


def capacity(length: int) -> int:
    """How many amounts there are of this length."""
    return (len(NINE) - 1) * smallest(length)


def smallest(length: int) -> int:
    """The least number that has this many digits in base nine."""
    return int(len(NINE) ** (length - 1))


def needed(number: int) -> int:
    """The least length of which payment `number` still finds an amount."""
    return next(length for length in range(1, MOST_DIGITS + 1) if number < capacity(length))
