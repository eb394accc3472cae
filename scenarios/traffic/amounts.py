"""Amounts of money, no two equal, so that an amount alone joins what left to its payment.

Every amount ends in 99 and holds no other 9, so it cannot be inside an identifier (see `counting`);
it has at least six digits, so it is not hit by chance.
"""

import math
import random

from scenarios.traffic.counting import NINE

_SMALLEST = int("1000", len(NINE))


class Amounts:
    """Gives out every amount once."""

    def __init__(self) -> None:
        self._after: dict[int, int] = {}
        """For a number that is taken: where to look next."""

    def near(self, usual: int, draws: random.Random) -> int:
        """An unused amount in minor units; they scatter around `usual` hundreds."""
        wished = int(draws.lognormvariate(math.log(usual), 0.7))
        number = self._free(max(_SMALLEST, int(str(wished).replace("9", "8"), len(NINE))))
        self._after[number] = number + 1
        return int(_in_base_nine(number) + "99")

    def _free(self, number: int) -> int:
        """The first number from here on that is not taken; shortens the path that it walked."""
        walked = []
        while number in self._after:
            walked.append(number)
            number = self._after[number]
        for step in walked:
            self._after[step] = number
        return number


def _in_base_nine(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(NINE))
        digits = NINE[digit] + digits
    return digits
