"""Columns are the very payments that are made one by one."""

import numpy as np
import pytest

from scenarios.traffic import Route, Traffic
from scenarios.traffic.amounts import Amounts, capacity, needed
from scenarios.traffic.columns import payment_columns
from scenarios.traffic.counting import Draws, Spread

ROUTES = (Route("acquirer-sg", "SG"), Route("acquirer-th", "TH"), Route("bank-th", "TH"))


@pytest.mark.parametrize(
    ("seed", "routes", "domestic_share"), [(1, (), 0.0), (2, ROUTES, 0.0), (3, ROUTES[:1], 0.3)]
)
def test_columns_are_the_payments_made_one_by_one(
    seed: int, routes: tuple[Route, ...], domestic_share: float
) -> None:
    one_by_one = list(Traffic(seed).payments(4000, routes=routes, domestic_share=domestic_share))

    columns = payment_columns(Traffic(seed), 4000, routes=routes, domestic_share=domestic_share)

    assert [columns[row] for row in range(len(columns))] == one_by_one


def test_a_part_is_the_same_whether_what_is_before_it_was_made_or_not() -> None:
    whole = payment_columns(Traffic(4), 700, routes=ROUTES)
    part = payment_columns(Traffic(4), 200, first=501, routes=ROUTES)

    assert [part[row] for row in range(200)] == [whole[row] for row in range(500, 700)]


def test_columns_take_nothing_from_the_traffic() -> None:
    traffic = Traffic(5)
    payment_columns(traffic, 10)

    assert list(traffic.payments(10)) == list(Traffic(5).payments(10))


def test_no_two_of_a_hundred_thousand_payments_share_an_id_or_an_amount() -> None:
    columns = payment_columns(Traffic(6), 100_000, domestic_share=0.1)

    assert len(np.unique(columns.id)) == len(np.unique(columns.amount_minor)) == 100_000


def test_amounts_of_the_forty_millionth_payment_are_as_one_by_one() -> None:
    columns = payment_columns(Traffic(7), 50, first=40_000_000)
    amounts = Amounts(7)

    lengths = {len(str(amount)) for amount in columns.amount_minor}

    assert columns.amount_minor.tolist() == [amounts.of(40_000_000 + row, 1) for row in range(50)]
    assert lengths == {needed(40_000_000) + 2}


def test_more_payments_than_ids_are_refused() -> None:
    with pytest.raises(OverflowError, match="does not fit into 8 digits"):
        payment_columns(Traffic(8), 2, first=9**8 - 1)


def test_a_length_is_used_until_its_last_amount_is() -> None:
    assert needed(capacity(5) - 1) == 5
    assert needed(capacity(5)) == 6


def test_draws_and_permutations_are_the_same_for_a_number_and_for_a_column() -> None:
    numbers = np.arange(1000, dtype=np.uint64)
    draws, spread = Draws(9, "trial"), Spread(5_000_000_000, 9, "trial")

    assert draws[numbers].tolist() == [draws[number] for number in range(1000)]
    assert draws.below(numbers, 7).tolist() == [draws.below(number, 7) for number in range(1000)]
    assert draws.share(numbers).tolist() == [draws.share(number) for number in range(1000)]
    assert spread.at(numbers).tolist() == [spread[number] for number in range(1000)]


def test_draws_below_a_count_take_every_value_about_as_often() -> None:
    taken = np.bincount(Draws(10, "dice").below(np.arange(60_000, dtype=np.uint64), 6))

    assert len(taken) == 6
    assert 9_600 < taken.min() <= taken.max() < 10_400
