"""What leaves is what the columns name, exact or disguised as declared."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest

from tests.other_platform.payload import (
    COLUMNS,
    Order,
    is_amount,
    last_four,
    payload,
    recipient_key,
    token,
)
from tests.other_platform.watch import declaration

KEY = bytes(32)
FORM = {
    "order_no": "pay-1",
    "total": "1234.99",
    "ccy": "SGD",
    "shop_name": "Tan | Sons",
    "shop_mcc": "5411",
    "buyer": "张三",
    "buyer_id": "110101188001010018",
    "buyer_phone": "+86 154 0000 1234",
    "buyer_card": "6200000000000005",
    "remark": "call 15400001234",
}
ORDER = Order("o-1", FORM, "2023-06-01T08:30:00+00:00")
TOKEN = "q8oF89GKq1tfS53g21iZ93YJdmClJk-QsELW4P67Gu8"


def test_a_batch_is_a_form_with_one_line_an_order() -> None:
    other = Order("o-2", FORM | {"total": "1000000"}, "2023-06-01T09:59:00+00:00")

    sent = payload("b-1", [ORDER, other], {c.category for c in COLUMNS}, KEY)

    assert parse_qsl(sent.decode()) == [
        ("batch", "b-1"),
        ("columns", "ref|shop|mcc|ccy|hour|who|id4|amount|tel4"),
        ("line", f"o-1|Tan   Sons|5411|SGD|2023-06-01T08|{TOKEN}|0018|1,234.99|1234"),
        ("line", f"o-2|Tan   Sons|5411|SGD|2023-06-01T09|{TOKEN}|0018|1,000,000|1234"),
    ]


def test_a_category_that_is_not_permitted_stays_at_home() -> None:
    sent = payload("b-1", [ORDER], {"E03", "M02"}, KEY)

    assert sent == b"batch=b-1&columns=ref%7Camount&line=o-1%7C1%2C234.99"


def test_what_is_declared_is_what_the_columns_let_out() -> None:
    declared = declaration("acquirer-sg", "SG", datetime(2023, 6, 1, tzinfo=UTC))

    assert [(field["name"], field["category"]) for field in declared["fields"]] == [
        (column.name, column.category) for column in COLUMNS
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("15400001234", "1234"),
        ("+86 154 0000 1234", "1234"),
        ("１５４０００01234", "1234"),
        ("11010118800101001x", "001X"),
        ("1234", ""),
        ("", ""),
    ],
)
def test_at_most_four_characters_are_told_however_it_is_written(written: str, told: str) -> None:
    assert last_four(written) == told


def test_a_token_depends_on_the_person_and_the_recipient_not_on_the_spelling() -> None:
    singapore, thailand = recipient_key(KEY, "acquirer-sg"), recipient_key(KEY, "acquirer-th")

    assert token("11010118800101001x", singapore) == token("１１０１０１ 18800101 001X", singapore)
    assert token("11010118800101001x", singapore) != token("11010118800101001x", thailand)
    assert token("", singapore) == ""


@pytest.mark.parametrize("total", ["", "0", "-1", "1e9", "NaN", "1,234", "1.23456", "１"])
def test_what_cannot_be_settled_is_no_amount(total: str) -> None:
    assert not is_amount(total)
