"""One seed makes the traffic of a run: the same bytes again, another seed others."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from scenarios.traffic import (
    Merchant,
    NobodyOpen,
    Route,
    Traffic,
    payment_from_json,
    payment_to_json,
)
from scenarios.traffic.merchants import HOME, MARKETS

ROUTES = (Route("acquirer-sg", "SG"), Route("acquirer-th", "TH"))


def bytes_of(seed: int) -> bytes:
    traffic = Traffic(seed)
    payments = traffic.payments(150, routes=ROUTES, domestic_share=0.2)
    written = [payment_to_json(payment) for payment in payments]
    return json.dumps([traffic.uscc, written], ensure_ascii=False).encode()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    assert bytes_of(7) == bytes_of(7)
    assert bytes_of(7) != bytes_of(8)


def test_two_seeds_share_no_identifier_of_their_first_people() -> None:
    first, second = Traffic(1).people(200), Traffic(2).people(200)

    for kind in ("resident_id", "mobile", "card", "email", "device_id", "password", "biometric"):
        assert not {getattr(p, kind) for p in first} & {getattr(p, kind) for p in second}


def test_a_person_and_a_merchant_are_the_same_whoever_was_made_before() -> None:
    forwards, backwards = Traffic(3), Traffic(3)

    assert backwards.merchants(9)[4] == forwards.merchants(5)[4]
    assert backwards.people(30)[7] == forwards.people(8)[7]


def test_a_payment_survives_being_written_and_read() -> None:
    traffic = Traffic(4)
    payment = traffic.payment(route=ROUTES[1], note="注意", extra={"colour": "blue"})

    assert payment_from_json(json.loads(json.dumps(payment_to_json(payment)))) == payment


def test_ids_and_amounts_are_unique_from_call_to_call() -> None:
    traffic = Traffic(5)
    payments = [
        *traffic.payments(1500),
        traffic.payment(),
        *traffic.payments(1500, domestic_share=0.5),
        *traffic.one_each(traffic.merchants(50)),
    ]

    assert len({payment.id for payment in payments}) == 3051
    assert len({payment.amount_minor for payment in payments}) == 3051


def test_every_amount_has_six_digits_and_ends_in_its_only_99() -> None:
    for payment in Traffic(6).payments(2000, domestic_share=0.1):
        digits = str(payment.amount_minor)
        assert len(digits) >= 6
        assert digits.count("9") == 2
        assert digits.endswith("99")


def test_each_country_has_its_currency_and_countries_take_turns() -> None:
    merchants = Traffic(6).merchants(60)

    assert Counter((m.country, m.currency) for m in merchants) == {
        ("SG", "SGD"): 10,
        ("MY", "MYR"): 10,
        ("TH", "THB"): 10,
        ("ID", "IDR"): 10,
        ("VN", "VND"): 10,
        ("PH", "PHP"): 10,
    }
    assert len({m.name for m in merchants}) == len({m.id for m in merchants}) == 60
    for m in merchants:
        market = next(market for market in MARKETS if market.country == m.country)
        assert m.city in market.cities
        assert 0 <= m.opens_hour < m.closes_hour <= 24
        assert m.weight >= 1


def test_large_merchants_take_many_more_payments_than_small_ones() -> None:
    traffic = Traffic(9)
    merchants = traffic.merchants(200)
    taken = Counter(p.merchant.id for p in traffic.payments(4000, merchants=merchants))

    by_weight = sorted(merchants, key=lambda merchant: merchant.weight, reverse=True)
    largest = sum(taken[merchant.id] for merchant in by_weight[:20])
    smallest = sum(taken[merchant.id] for merchant in by_weight[-20:])

    assert largest > 4 * smallest > 0


def test_a_payment_goes_to_the_route_in_its_merchants_country_if_there_is_one() -> None:
    payments = list(Traffic(10).payments(300, routes=ROUTES))

    recipients = {(p.merchant.country, p.recipient, p.country) for p in payments}

    assert {r for r in recipients if r[0] in ("SG", "TH")} == {
        ("SG", "acquirer-sg", "SG"),
        ("TH", "acquirer-th", "TH"),
    }
    assert {r[1:] for r in recipients} == {("acquirer-sg", "SG"), ("acquirer-th", "TH")}


def test_without_routes_the_platform_chooses() -> None:
    assert {(p.recipient, p.country) for p in Traffic(10).payments(50)} == {(None, None)}


def test_a_domestic_payment_stays_with_a_chinese_merchant() -> None:
    payments = list(Traffic(10).payments(200, routes=ROUTES, domestic_share=0.5))
    domestic = [p for p in payments if p.domestic]

    assert 60 < len(domestic) < 140
    assert {(p.merchant.country, p.currency, p.recipient, p.country) for p in domestic} == {
        (HOME.country, HOME.currency, None, None)
    }
    assert all(p.merchant.country != HOME.country for p in payments if not p.domestic)


def test_one_payment_of_each_merchant_in_their_order() -> None:
    traffic = Traffic(12)
    merchants = traffic.merchants(200)

    assert [p.merchant for p in traffic.one_each(merchants)] == merchants


def test_only_open_merchants_take_payments_at_an_hour() -> None:
    traffic = Traffic(12)
    night = datetime(2023, 6, 1, 19, 0, tzinfo=UTC)  # Two or three in the morning there.

    payments = list(traffic.payments(100, at=night))

    assert {(p.merchant.opens_hour, p.merchant.closes_hour) for p in payments} == {(0, 24)}


def test_an_hour_in_which_nobody_is_open_is_named() -> None:
    shop = Merchant("m-1", "Shop", "SG", "SGD", "5812", "Singapore", 1, 11, 23)

    with pytest.raises(NobodyOpen, match="none of 1 merchants is open at 2023-06-01T19:00:00"):
        next(Traffic(1).payments(1, merchants=[shop], at=datetime(2023, 6, 1, 19, tzinfo=UTC)))


def test_a_day_is_in_order_and_every_merchant_keeps_its_hours() -> None:
    day = list(Traffic(13).day(800, date(2023, 6, 1), routes=ROUTES))
    moments = [moment for moment, _ in day]

    assert len(day) == 800
    assert moments == sorted(moments)
    assert moments[0] >= datetime(2023, 5, 31, 16, tzinfo=UTC)
    assert moments[-1] - moments[0] <= timedelta(hours=25)
    assert all(payment.merchant.open_at(moment.hour) for moment, payment in day)


def test_a_currency_without_minor_units_is_written_without_a_point() -> None:
    traffic = Traffic(14)
    singapore, vietnam = traffic.merchants(6)[0], traffic.merchants(6)[4]

    in_dollars = traffic.payment(merchant=singapore)
    in_dong = traffic.payment(merchant=vietnam)

    assert in_dollars.amount == f"{in_dollars.amount_minor // 100}.99"
    assert in_dong.amount == str(in_dong.amount_minor)
