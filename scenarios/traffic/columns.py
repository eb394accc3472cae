"""The same payments as `Traffic.payments` makes one by one, made by the million as columns.

Merchants, payers and routes are tables; a payment names its own by their places in them. Row `i`
read as a payment is the payment of that number, to the last letter: the tests hold both against
each other. Needs numpy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.traffic.amounts import FEWEST_DIGITS, MOST_DIGITS, Amounts, capacity
from scenarios.traffic.counting import NINE
from scenarios.traffic.merchants import Merchant, market_of
from scenarios.traffic.payments import Payment
from scenarios.traffic.people import Person
from scenarios.traffic.traffic import (
    NOTES,
    USUAL_DOMESTIC_MERCHANTS,
    USUAL_MERCHANTS,
    USUAL_PEOPLE,
    Route,
    Traffic,
    routes_for,
)

Numbers = NDArray[np.uint64]
NO_ROUTE = -1


@dataclass(frozen=True, slots=True)
class PaymentColumns:
    """Payments in the order of their numbers; every column has one value for each."""

    id: NDArray[np.bytes_]
    amount_minor: NDArray[np.int64]
    merchant: NDArray[np.int32]
    """Place in `merchants`, which tells the currency too."""
    payer: NDArray[np.int32]
    """Place in `payers`."""
    route: NDArray[np.int32]
    """Place in `routes`; -1 where there is none."""
    domestic: NDArray[np.bool_]
    note: NDArray[np.int32]
    """Place in `NOTES`."""
    merchants: tuple[Merchant, ...]
    payers: tuple[Person, ...]
    routes: tuple[Route, ...]

    def __len__(self) -> int:
        return len(self.id)

    def __getitem__(self, row: int) -> Payment:
        """The payment of one row."""
        merchant = self.merchants[self.merchant[row]]
        route = None if self.route[row] == NO_ROUTE else self.routes[self.route[row]]
        return Payment(
            id=self.id[row].decode(),
            merchant=merchant,
            payer=self.payers[self.payer[row]],
            amount_minor=int(self.amount_minor[row]),
            currency=merchant.currency,
            recipient=route.recipient if route else None,
            country=route.country if route else None,
            domestic=bool(self.domestic[row]),
            note=NOTES[self.note[row]],
        )


def payment_columns(
    traffic: Traffic,
    count: int,
    *,
    first: int = 1,
    routes: Sequence[Route] = (),
    domestic_share: float = 0.0,
) -> PaymentColumns:
    """The payments numbered from `first` on, of the usual merchants and payers of `traffic`.

    Nothing is taken from `traffic`: whoever asks it for payments afterwards gets the same ones.
    """
    numbers = np.arange(first, first + count, dtype=np.uint64)
    choices = traffic.choices
    abroad, at_home = (
        traffic.merchants(USUAL_MERCHANTS),
        traffic.domestic_merchants(USUAL_DOMESTIC_MERCHANTS),
    )
    domestic = choices.domestic.share(numbers) < domestic_share
    merchant = _drawn_by_weight(choices.merchant[numbers], abroad)
    merchant[domestic] = len(abroad) + _drawn_by_weight(
        choices.merchant[numbers[domestic]], at_home
    )
    merchants = (*abroad, *at_home)
    route = _routes(choices.route[numbers], merchant, merchants, routes)
    route[domestic] = NO_ROUTE
    return PaymentColumns(
        id=_ids(f"pay-{traffic.tag}-", numbers),
        amount_minor=_amounts(choices.amounts, numbers, merchant, merchants),
        merchant=merchant,
        payer=choices.payer.below(numbers, USUAL_PEOPLE).astype(np.int32),
        route=route,
        domestic=domestic,
        note=choices.note.below(numbers, len(NOTES)).astype(np.int32),
        merchants=merchants,
        payers=tuple(traffic.people(USUAL_PEOPLE)),
        routes=tuple(routes),
    )


def _drawn_by_weight(bits: Numbers, merchants: Sequence[Merchant]) -> NDArray[np.int32]:
    """Which merchant takes each payment; a large one takes up more places of the whole."""
    weights = np.array([merchant.weight for merchant in merchants], dtype=np.int64)
    merchant_at = np.repeat(np.arange(len(merchants), dtype=np.int32), weights)
    places: Any = ((bits >> 32) * len(merchant_at)) >> 32
    drawn: NDArray[np.int32] = merchant_at[places]
    return drawn


def _routes(
    bits: Numbers,
    merchant: NDArray[np.int32],
    merchants: Sequence[Merchant],
    routes: Sequence[Route],
) -> NDArray[np.int32]:
    """Which of the routes near its merchant each payment takes."""
    if not routes:
        return np.full(len(merchant), NO_ROUTE, dtype=np.int32)
    near = [
        [routes.index(route) for route in routes_for(merchant, routes)] for merchant in merchants
    ]
    counts = np.array([len(places) for places in near], dtype=np.uint64)
    table = np.zeros((len(merchants), int(counts.max())), dtype=np.int32)
    for row, places in enumerate(near):
        table[row, : len(places)] = places
    drawn: NDArray[np.int32] = table[merchant, ((bits >> 32) * counts[merchant]) >> 32]
    return drawn


def _amounts(
    amounts: Amounts,
    numbers: Numbers,
    merchant: NDArray[np.int32],
    merchants: Sequence[Merchant],
) -> NDArray[np.int64]:
    """Amounts of one length come from one permutation, so each length is made at once."""
    usual = np.array(
        [max(FEWEST_DIGITS, len(str(market_of(one.country).usual_amount))) for one in merchants]
    )
    wished = usual[merchant] + amounts.is_larger(numbers)
    limits = np.array([capacity(length) for length in range(1, MOST_DIGITS)], dtype=np.uint64)
    length = np.maximum(wished, np.searchsorted(limits, numbers, side="right") + 1)
    made = np.empty(len(numbers), dtype=np.int64)
    for each in np.unique(length):
        rows = length == each
        hundreds = amounts.hundreds(numbers[rows], int(each))
        made[rows] = _read_as_decimal(hundreds, int(each)) * 100 + 99
    return made


def _read_as_decimal(numbers: Numbers, width: int) -> NDArray[np.int64]:
    """The base-nine digits of each number, read as if they were decimal ones."""
    value = np.zeros(len(numbers), dtype=np.int64)
    left = numbers
    for place in range(width):
        rest = left // len(NINE)
        value += (left - rest * len(NINE)).astype(np.int64) * 10**place
        left = rest
    return value


def _ids(prefix: str, numbers: Numbers) -> NDArray[np.bytes_]:
    """`prefix` and eight base-nine digits."""
    width = 8
    if len(numbers) and int(numbers[-1]) >= len(NINE) ** width:
        raise OverflowError(f"{numbers[-1]} does not fit into {width} digits of {NINE!r}")
    letters: NDArray[np.uint8] = np.empty((len(numbers), len(prefix) + width), dtype=np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    left = numbers
    for place in range(width):
        rest = left // len(NINE)
        letters[:, -1 - place] = (left - rest * len(NINE)).astype(np.uint8) + ord("0")
        left = rest
    ids: NDArray[Any] = letters.view(f"S{letters.shape[1]}")[:, 0]
    return ids
