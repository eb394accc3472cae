"""Check digits, by published vectors and by python-stdnum as a second opinion."""

from collections.abc import Callable

import pytest
from stdnum import luhn
from stdnum.cn import ric, uscc

from simulator.law.identifiers import (
    is_card,
    is_resident_id,
    is_uscc,
    luhn_check,
    resident_id_check,
    uscc_check,
)

RESIDENT_IDS = [
    "11010519491231002X",
    "440524188001010014",
    "360426199101010071",
    "110101200001010010",
    "310115199003070025",
]
USCCS = ["91110000600037341L", "91230184MA1BUFLT44", "92371000MA3MXH0E3W"]
CARDS = ["6200000000000005", "6228480000000000000"]


@pytest.mark.parametrize("value", RESIDENT_IDS)
def test_published_resident_ids_are_valid(value: str) -> None:
    assert is_resident_id(value)
    assert ric.calc_check_digit(value) == value[-1]


@pytest.mark.parametrize("value", USCCS)
def test_published_usccs_are_valid(value: str) -> None:
    assert is_uscc(value)
    assert uscc.is_valid(value)


@pytest.mark.parametrize("value", CARDS)
def test_published_cards_are_valid(value: str) -> None:
    assert is_card(value)
    assert luhn.is_valid(value)


@pytest.mark.parametrize(
    ("is_valid", "value"),
    [(is_resident_id, value) for value in RESIDENT_IDS]
    + [(is_uscc, value) for value in USCCS]
    + [(is_card, value) for value in CARDS],
)
def test_one_altered_digit_is_noticed(is_valid: Callable[[str], bool], value: str) -> None:
    altered = [
        value[:place] + digit + value[place + 1 :]
        for place in range(len(value) - 1)
        for digit in "0123456789"
        if digit != value[place]
    ]

    assert [wrong for wrong in altered if is_valid(wrong)] == []


@pytest.mark.parametrize(
    ("is_valid", "value"),
    [
        (is_resident_id, ""),
        (is_resident_id, "11010519491231002x"),
        (is_resident_id, "11010519491331002X"),
        (is_resident_id, "1101051949123100"),
        (is_resident_id, "１１０１０５１９４９１２３１００２X"),
        (is_uscc, ""),
        (is_uscc, "91110000600037341l"),
        (is_uscc, "9111000060003734IL"),
        (is_uscc, "91A10000600037341L"),
        (is_card, ""),
        (is_card, "6200 0000 0000 0005"),
        (is_card, "62000000000000O5"),
        (is_card, "6222026006705354217"),
    ],
)
def test_what_is_not_well_formed_is_refused(is_valid: Callable[[str], bool], value: str) -> None:
    assert not is_valid(value)


def test_check_digits_agree_with_the_second_opinion_on_a_range() -> None:
    for number in range(0, 10**17, 10**14 + 7_919):
        body = f"{number:017}"
        assert resident_id_check(body) == ric.calc_check_digit(body + "0")
        assert uscc_check(body) == uscc.calc_check_digit(body + "0")
        assert luhn_check(body) == luhn.calc_check_digit(body)
