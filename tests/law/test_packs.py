"""Rule packs: which law is in force when, and which mechanism it demands."""

from datetime import date

import pytest

from simulator.catalogue import UnknownId
from simulator.law.packs import (
    REGULATORS_ORDER,
    Export,
    Mechanism,
    NoPackInForce,
    governing,
    in_force,
    mechanism,
    pack,
    packs,
)

ASSESSMENT: Mechanism = "security_assessment"
CONTRACT: Mechanism = "standard_contract_or_certification"
EXEMPT: Mechanism = "exempt"


@pytest.mark.parametrize(
    ("day", "id"),
    [
        (date(2022, 9, 1), "r2022"),
        (date(2023, 6, 1), "r2022"),
        (date(2024, 3, 21), "r2022"),
        (date(2024, 3, 22), "r2024"),
        (date(2025, 12, 31), "r2024"),
        (date(2026, 1, 1), "r2026"),
        (date(2040, 1, 1), "r2026"),
    ],
)
def test_one_pack_is_in_force_on_every_day(day: date, id: str) -> None:
    assert in_force(day).id == id
    assert [p.id for p in packs().values() if p.holds_on(day)] == [id]


def test_before_the_first_pack_there_is_no_law_to_judge_by() -> None:
    with pytest.raises(NoPackInForce, match="2022-08-31; the first is 'r2022', from 2022-09-01"):
        in_force(date(2022, 8, 31))


def test_a_wrong_pack_id_lists_the_nearest_right_ones() -> None:
    with pytest.raises(UnknownId, match="did you mean 'r2024'"):
        pack("R2O24")


@pytest.mark.parametrize(
    ("persons", "sensitive", "expected"),
    [
        (99_999, 0, CONTRACT),
        (100_000, 0, ASSESSMENT),
        (95_000, 5_000, ASSESSMENT),
        (0, 9_999, CONTRACT),
        (0, 10_000, ASSESSMENT),
        (1, 0, CONTRACT),
        (0, 0, EXEMPT),
    ],
)
def test_mechanism_under_r2022(persons: int, sensitive: int, expected: Mechanism) -> None:
    export = Export(persons=persons, sensitive_persons=sensitive, for_payment_contract=True)

    assert mechanism(pack("r2022"), export) == expected


@pytest.mark.parametrize("id", ["r2024", "r2026"])
@pytest.mark.parametrize(
    ("persons", "sensitive", "expected"),
    [
        (99_999, 0, EXEMPT),
        (100_000, 0, CONTRACT),
        (999_999, 0, CONTRACT),
        (1_000_000, 0, ASSESSMENT),
        (0, 1, CONTRACT),
        (999_999, 9_999, CONTRACT),
        (0, 10_000, ASSESSMENT),
    ],
)
def test_mechanism_since_2024(id: str, persons: int, sensitive: int, expected: Mechanism) -> None:
    assert mechanism(pack(id), Export(persons=persons, sensitive_persons=sensitive)) == expected


def test_a_large_handler_was_assessed_for_any_export_until_2024() -> None:
    below = Export(persons=1, sensitive_persons=0, handled_persons=999_999)
    reached = Export(persons=1, sensitive_persons=0, handled_persons=1_000_000)

    assert [mechanism(pack("r2022"), e) for e in (below, reached)] == [CONTRACT, ASSESSMENT]
    assert [mechanism(pack("r2024"), e) for e in (below, reached)] == [EXEMPT, EXEMPT]


def test_a_payment_contract_exempts_since_2024_but_never_important_data() -> None:
    payment = Export(persons=5_000_000, sensitive_persons=5_000_000, for_payment_contract=True)
    important = Export(
        persons=0, sensitive_persons=0, important_data=True, for_payment_contract=True
    )

    assert mechanism(pack("r2022"), payment) == ASSESSMENT
    assert mechanism(pack("r2024"), payment) == EXEMPT
    assert mechanism(pack("r2024"), important) == ASSESSMENT


def test_a_critical_operator_is_assessed_for_a_single_person() -> None:
    export = Export(persons=1, sensitive_persons=0, critical_operator=True)

    assert {mechanism(p, export) for p in packs().values()} == {ASSESSMENT}


def test_persons_count_since_last_new_year_or_the_one_before() -> None:
    assert pack("r2022").counted_since(date(2023, 6, 1)) == date(2022, 1, 1)
    assert pack("r2024").counted_since(date(2025, 1, 1)) == date(2025, 1, 1)


def test_a_result_holds_two_years_then_three() -> None:
    assert pack("r2022").valid_until(date(2023, 6, 1)) == date(2025, 6, 1)
    assert pack("r2024").valid_until(date(2024, 6, 1)) == date(2027, 6, 1)
    assert pack("r2022").valid_until(date(2024, 2, 29)) == date(2026, 2, 28)


def test_where_the_law_would_exempt_the_regulators_own_order_demands_the_three_categories() -> None:
    demands = {p.id: p.mandatory_demanded_by for p in packs().values()}

    assert demands == {
        "r2022": "Order 11 art. 3-4",
        "r2024": REGULATORS_ORDER,
        "r2026": REGULATORS_ORDER,
    }
    assert all(
        (p.mandatory_demanded_by == REGULATORS_ORDER) == p.payment_contract_exempt
        for p in packs().values()
    )


def test_the_resident_id_left_the_list_of_sensitive_information_in_november_2025() -> None:
    assert pack("r2022").sensitive_list(date(2023, 6, 1)).resident_id
    assert pack("r2024").sensitive_list(date(2025, 10, 31)).standard == "GB/T 35273-2020"
    assert not pack("r2024").sensitive_list(date(2025, 11, 1)).resident_id
    assert not pack("r2026").sensitive_list(date(2026, 1, 1)).resident_id


@pytest.mark.parametrize(
    ("chosen", "begun_on", "day", "governs"),
    [
        ("r2022", date(2023, 6, 1), date(2024, 3, 21), "r2022"),
        ("r2022", date(2023, 6, 1), date(2024, 3, 22), "r2024"),
        ("r2022", date(2023, 6, 1), date(2026, 1, 1), "r2026"),
        ("r2024", date(2024, 5, 1), date(2026, 1, 1), "r2026"),
        ("r2026", date(2023, 6, 1), date(2023, 6, 1), "r2026"),
        ("r2022", date(2026, 3, 1), date(2026, 3, 1), "r2022"),
        ("r2022", date(2020, 1, 1), date(2026, 3, 1), "r2022"),
    ],
)
def test_the_law_follows_the_date_unless_a_pack_was_chosen_against_it(
    chosen: str, begun_on: date, day: date, governs: str
) -> None:
    assert governing(pack(chosen), begun_on, day).id == governs
