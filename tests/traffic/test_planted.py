"""What was planted is known in its plain form, however awkwardly a merchant wrote it."""

import json

import pytest

from scenarios.traffic import (
    FORMS,
    Payment,
    Secret,
    Traffic,
    UnknownForm,
    lawful,
    payment_from_json,
    payment_to_json,
    plain,
    planted,
)
from simulator.law.categories import BY_CODE

TRAFFIC = Traffic(21)
PAYMENT = TRAFFIC.payment(merchant=TRAFFIC.merchants(1)[0], note="", extra={"colour": "blue"})
PAYER = PAYMENT.payer


def awkward(form: str) -> Payment:
    return TRAFFIC.awkward(PAYMENT, form)


def test_every_secret_is_known_with_its_kind_category_and_person() -> None:
    assert planted(PAYMENT) == (
        Secret("name", PAYER.name, "X07", PAYER.id),
        Secret("resident_id", PAYER.resident_id, "M01", PAYER.id),
        Secret("mobile", PAYER.mobile, "M03", PAYER.id),
        Secret("card", PAYER.card, "X06", PAYER.id),
        Secret("email", PAYER.email, "X08", PAYER.id),
        Secret("address", PAYER.address, "X09", PAYER.id),
        Secret("device_id", PAYER.device_id, "X10", PAYER.id),
        Secret("password", PAYER.password, "X01", PAYER.id),
        Secret("biometric", PAYER.biometric, "X02", PAYER.id),
    )


def test_every_category_is_one_of_the_law_and_none_is_exempt() -> None:
    assert {BY_CODE[secret.category].duty for secret in planted(PAYMENT)} == {
        "mandatory",
        "forbidden",
    }


def test_lawful_values_are_the_amount_in_both_writings_and_the_merchant() -> None:
    assert [(value.kind, value.value) for value in lawful(PAYMENT)] == [
        ("amount_minor", str(PAYMENT.amount_minor)),
        ("amount", f"{PAYMENT.amount_minor // 100}.99"),
        ("merchant_name", PAYMENT.merchant.name),
    ]
    assert {value.category for value in lawful(PAYMENT)} == {"M02", "E04"}


@pytest.mark.parametrize("form", FORMS)
def test_an_awkward_payment_is_written_otherwise_and_plants_the_same(form: str) -> None:
    payment = awkward(form)
    read_back = payment_from_json(json.loads(json.dumps(payment_to_json(payment))))
    payer = next(p for p in TRAFFIC.people(700) if p.id == payment.payer.id)

    assert payment != PAYMENT
    assert payment.id == PAYMENT.id
    assert plain(payment.payer) == payer
    assert [s.value for s in planted(read_back)] == [
        getattr(payer, s.kind) for s in planted(PAYMENT)
    ]


def test_the_awkward_forms_are_those_that_merchants_use() -> None:
    mobile, card = PAYER.mobile, PAYER.card

    assert awkward("country_code").payer.mobile == f"+86 {mobile}"
    assert awkward("spaced_mobile").payer.mobile == f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}"
    assert awkward("spaced_card").payer.card == f"{card[:4]} {card[4:8]} {card[8:12]} {card[12:]}"
    assert awkward("full_width").payer.mobile.startswith("１５４")
    assert awkward("lower_case_x").payer.resident_id.endswith("x")
    assert mobile in awkward("in_note").note
    assert PAYER.resident_id in awkward("in_note").note
    assert awkward("in_extra").extra == {
        "colour": "blue",
        "buyer_ref": PAYER.resident_id,
        "memo": f"card {card} / {PAYER.email}",
    }


def test_an_unknown_form_lists_the_nearest_right_ones() -> None:
    with pytest.raises(UnknownForm, match="there is no awkward form 'fullwidth'; did you mean"):
        awkward("fullwidth")
