"""No planted secret gets through a mask, in whatever form; all else does."""

import base64
import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.judge.leaks import PlantedIndex
from scenarios.judge.masking import mask, mask_value, redact
from scenarios.traffic import Secret

from .planting import LI, SECRETS, WRAPPINGS, wrapped

INDEX = PlantedIndex(SECRETS)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("15413572468", "*******2468"),
        ("11010518810307002X", "**************002X"),
        ("12345678", "****5678"),
        ("1234567", "*******"),
        ("李示例", "***"),
        ("", ""),
    ],
)
def test_at_most_the_last_four_are_shown(value: str, shown: str) -> None:
    assert mask_value(value) == shown


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call 15413572468 now", "call *******2468 now"),
        ("call １５４１３５７２４６８ now", "call *******２４６８ now"),
        ("id 110105 18810307 002x.", "id ****************002x."),
        ("pay 154****2468 now", "pay [redacted] now"),
        ("payer 李示例, card 6200001357924683", "payer ***, card ************4683"),
        ('{"password": "PwQr7tYuKp2sDfGh"}', '{"password": "[redacted]"}'),
        ("part 7tYuKp2sDfGh of it", "part [redacted] of it"),
        ("to 北京市示例区建国路1357号2468室", "to ***************468室"),
        ("both 15413572468 and 15486429753", "both *******2468 and *******9753"),
    ],
)
def test_a_secret_is_covered_where_it_stands(text: str, masked: str) -> None:
    assert mask(text, INDEX) == masked


def test_a_hash_is_covered() -> None:
    digest = hashlib.sha256(LI["mobile"].encode()).hexdigest()
    assert mask(f'token="{digest}"', INDEX) == 'token="[redacted]"'


def test_an_encoding_takes_its_word_with_it() -> None:
    hidden = base64.b64encode(LI["card"].encode()).decode()
    assert mask(f'{{"a": "{hidden}", "b": 1}}', INDEX) == '{"a": "[redacted]", "b": 1}'


def test_a_text_whose_secret_cannot_be_pinned_down_is_not_shown() -> None:
    pairs = LI["mobile"].encode().hex(" ")
    assert mask(f"bytes: {pairs}", INDEX) == "[redacted]"


def test_a_text_without_secrets_is_unchanged() -> None:
    text = "amount 123456.78 CNY, card ****4683, 2023-06-01T12:00:00Z, 善意的谢谢"
    assert mask(text, INDEX) == text


def test_a_short_ascii_value_is_covered_only_as_a_whole_word() -> None:
    li = [Secret("name", "Li", "X07", "li")]
    assert redact("Li paid for Lime, li did", li) == "** paid for Lime, ** did"


def test_redacting_needs_only_the_secrets() -> None:
    assert redact("call 15413572468 or 15486429753", SECRETS[:9]) == (
        "call *******2468 or 15486429753"
    )


def test_nothing_planted_leaves_every_text_as_it_was() -> None:
    assert redact("call 15413572468", []) == "call 15413572468"


@settings(derandomize=True, max_examples=400, deadline=None)
@given(
    secret=st.sampled_from(SECRETS),
    other=st.sampled_from(SECRETS),
    names=st.lists(st.sampled_from(sorted(WRAPPINGS)), max_size=2),
    between=st.sampled_from([" ", ", ", "", '": "', "/", "\n"]),
)
def test_no_secret_gets_through(
    secret: Secret, other: Secret, names: list[str], between: str
) -> None:
    body = wrapped(secret.value.encode(), names)
    if body is None:
        return
    text = json.dumps([body.decode("latin-1"), other.value], ensure_ascii=False)
    for shown in (
        mask(f"{body.decode(errors='replace')}{between}{other.value}", INDEX),
        mask(text, INDEX),
    ):
        assert INDEX.leaks(shown.encode(), "report") == ()
        assert secret.value not in shown
        assert other.value not in shown
