"""People are unique, well-formed and nobody: the proof that synthetic means synthetic."""

import re
from collections.abc import Callable
from dataclasses import astuple, fields
from datetime import date

import pytest
from stdnum import luhn
from stdnum.cn import ric, uscc

from scenarios.traffic import Person, Traffic, synthetic
from scenarios.traffic.counting import Exhausted, Spread, spelled
from scenarios.traffic.synthetic import REGIONS
from simulator.law.identifiers import is_card, is_resident_id, is_uscc

PEOPLE = Traffic(11).people(2000)


@pytest.mark.parametrize("kind", [field.name for field in fields(Person)])
def test_no_two_of_two_thousand_people_share_an_identifier(kind: str) -> None:
    assert len({getattr(person, kind) for person in PEOPLE}) == 2000


def test_check_digits_hold_for_a_second_opinion() -> None:
    for person in PEOPLE:
        assert is_resident_id(person.resident_id)
        assert ric.is_valid(person.resident_id)
        assert is_card(person.card)
        assert luhn.is_valid(person.card)


NOBODYS: dict[str, Callable[[str], bool]] = {
    "resident_id": lambda value: (
        value[:6] in REGIONS and date(1880, 1, 1) <= ric.get_birth_date(value) < date(1890, 1, 1)
    ),
    "mobile": lambda value: re.fullmatch(r"154[0-8]{8}", value) is not None,
    "card": lambda value: re.fullmatch(r"620000[0-8]{9}[0-9]", value) is not None,
    "email": lambda value: re.fullmatch(r"[a-z.]+@example\.(com|net|org)", value) is not None,
    "address": lambda value: "市示例区" in value,
    "device_id": lambda value: re.fullmatch(r"[0-8a-f]{32}", value) is not None,
    "password": lambda value: re.fullmatch(r"Pw[A-Za-z2-8]{16}", value) is not None,
    "biometric": lambda value: re.fullmatch(r"Face[A-Za-z2-8]{28}", value) is not None,
}


@pytest.mark.parametrize("kind", NOBODYS)
def test_no_identifier_can_be_a_real_persons(kind: str) -> None:
    """Resident IDs of people born before 1890, a mobile segment and an issuer number never
    assigned, domains reserved by RFC 2606, a district that does not exist, and random text for the
    rest. A name alone identifies nobody."""
    values = [getattr(person, kind) for person in PEOPLE]

    assert [value for value in values if not NOBODYS[kind](value)] == []


def test_the_platforms_code_is_valid_and_of_a_region_that_does_not_exist() -> None:
    codes = [Traffic(seed).uscc for seed in range(25)]

    assert all(is_uscc(code) and uscc.is_valid(code) for code in codes)
    assert {code[:8] for code in codes} == {"91990000"}
    assert len(set(codes)) == 25


def test_no_value_is_inside_another() -> None:
    people = PEOPLE[:500]
    everything = "\n".join(value for person in people for value in astuple(person))

    found_twice = [
        value for person in people for value in astuple(person) if everything.count(value) != 1
    ]

    assert found_twice == []


def test_no_amount_is_inside_an_identifier_because_only_amounts_hold_99() -> None:
    assert [person for person in PEOPLE if any("99" in value for value in astuple(person))] == []


@pytest.mark.parametrize(
    ("made", "is_valid", "range_size"),
    [
        (synthetic.resident_id, is_resident_id, synthetic.RESIDENT_IDS),
        (synthetic.card, is_card, synthetic.CARDS),
        (synthetic.uscc, is_uscc, synthetic.USCCS),
    ],
)
def test_a_range_is_valid_from_end_to_end(
    made: Callable[[int], str], is_valid: Callable[[str], bool], range_size: int
) -> None:
    first, last = made(0), made(range_size - 1)

    assert is_valid(first)
    assert is_valid(last)
    assert first != last
    with pytest.raises((OverflowError, IndexError)):
        made(range_size)


def test_a_spread_gives_every_number_once_and_says_when_it_has_no_more() -> None:
    spread = Spread(1000, 5, "trial")

    assert sorted(spread[number] for number in range(1000)) == list(range(1000))
    with pytest.raises(Exhausted, match="there are 1000 of 'trial', but number 1000 was asked for"):
        spread[1000]


def test_a_number_too_large_for_its_width_is_never_cut() -> None:
    assert spelled(80, "012345678", 2) == "88"
    with pytest.raises(OverflowError):
        spelled(81, "012345678", 2)


def test_secrets_are_long_enough_to_be_searched_for() -> None:
    for person in PEOPLE:
        secrets = (person.resident_id, person.mobile, person.card, person.email, person.address)
        assert min(len(value) for value in secrets) >= 8
        assert min(len(person.password), len(person.biometric), len(person.device_id)) >= 12
