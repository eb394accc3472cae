"""Rows are found as a regular expression finds them, in short texts and in long ones."""

import re
from base64 import b32decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.judge import rows
from scenarios.judge.contents import _NUMBER, _numbers, _words
from scenarios.judge.masked_values import naked_numbers
from scenarios.judge.rows import BASE64, DIGITS, FOREIGN_DIGIT, HEX, KINDS, LOWER, Rows, rows_of
from scenarios.judge.wrappings import _HEX_PAIRS, _base64_tokens, _from_base32

TEXTS = st.text(
    st.sampled_from('01279abcfgxyzACFGTHBZ+/-_=.,:%\n\r\t "{}é٣３中\x00\ud800\U0001f600\U0001d7d8')
)


@pytest.fixture(params=[0, 10**9], ids=["long", "short"])
def _length(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether texts count as long ones or as short ones."""
    monkeypatch.setattr(rows, "SHORT_MAX", request.param)
    rows_of.cache_clear()


def spans(pattern: str, text: str) -> list[tuple[int, int]]:
    return [found.span() for found in re.finditer(pattern, text)]


each_length = pytest.mark.usefixtures("_length")
"""The setting is the same for every example."""


@each_length
@pytest.mark.parametrize("kind", KINDS)
@given(text=TEXTS, least=st.integers(1, 4))
def test_rows_are_as_long_as_they_can_be(kind: str, text: str, least: int) -> None:
    found = Rows(text)

    assert found.spans(kind, least) == spans(f"{kind}{{{least},}}", text)
    assert found.texts(kind, least) == re.findall(f"{kind}{{{least},}}", text)
    assert found.hold(kind) == (re.search(kind, text) is not None)


@each_length
@given(text=TEXTS)
def test_a_row_directly_behind_another_kind_is_left_out(text: str) -> None:
    kept = [(start, end) for start, end in spans(r"[0-9]{2,}", text) if not is_lower(text, start)]

    assert Rows(text).spans(DIGITS, 2, not_behind=LOWER) == kept


def is_lower(text: str, start: int) -> bool:
    return start > 0 and "a" <= text[start - 1] <= "z"


@each_length
@given(parts=st.lists(st.sampled_from(["ab", "A0", "abc", "7", ":", "-", "\n", "::"]), max_size=30))
def test_pairs_set_apart_are_never_missed(parts: list[str]) -> None:
    text = "".join(parts)

    assert Rows(text).may_stand_apart(HEX, 2, 3, 6) or not _HEX_PAIRS.search(text)


def test_what_stands_nowhere_apart_is_told_of_a_long_text() -> None:
    """Six pairs do, and five do not."""
    sign = "." * rows.SHORT_MAX

    assert Rows(f"{sign}:{'ab:' * 6}{sign}").may_stand_apart(HEX, 2, 3, 6)
    assert not Rows(f"{sign}:{'ab:' * 5}{sign}").may_stand_apart(HEX, 2, 3, 6)


@each_length
@given(text=TEXTS)
def test_numbers_are_those_of_the_pattern(text: str) -> None:
    assert list(_numbers(text)) == _NUMBER.findall(text)


AMOUNTS = st.lists(
    st.sampled_from(
        ["1234", "12,345.67", "1.234,50", "THB", "USD12", "x", " ", "5", ".", ",", "３４"]
    )
)


@each_length
@given(parts=AMOUNTS)
def test_amounts_are_those_of_the_pattern(parts: list[str]) -> None:
    text = "".join(parts)

    assert list(_numbers(text)) == _NUMBER.findall(text)


@each_length
@given(text=TEXTS)
def test_words_are_base64_with_its_padding(text: str) -> None:
    padded = text.replace("x", "abcdefghijkl").replace("y", "=")

    assert list(_words(padded)) == re.findall(r"[0-9A-Za-z_\-+/]{12,}={0,2}", padded)


@each_length
@given(text=TEXTS)
def test_naked_numbers_stand_alone(text: str) -> None:
    folded = text.lower().replace("g", "123456").replace("f", "0.50")
    pattern = r"[0-9](?<![0-9a-z][0-9])[0-9]{6,}[0-9x](?![0-9a-z]|[.,][0-9]{2}(?![0-9a-z]))"

    assert [number.span() for number in naked_numbers(folded)] == spans(pattern, folded)


LINES = st.lists(
    st.sampled_from(
        ["A" * 60, "g" * 61, "0" * 60, "ab+/", "z" * 11, "f" * 12, "\n", "\r\n", "\r", " "]
    )
)


@each_length
@given(parts=LINES)
def test_base64_goes_on_in_the_next_line_as_in_mail(parts: list[str]) -> None:
    text = "".join(parts)
    pattern = r"[A-Za-z0-9+/_-]{11,}(?:(?<=[A-Za-z0-9+/_-]{60})\r?\n[A-Za-z0-9+/_-]+)*"
    tokens = [token for token in re.findall(pattern, text) if not re.fullmatch(f"{HEX}+", token)]

    assert list(_base64_tokens(text)) == tokens


@given(token=st.text(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), min_size=16))
def test_base32_is_that_of_the_standard_library(token: str) -> None:
    whole = token[: len(token) - {1: 1, 3: 1, 6: 1}.get(len(token) % 8, 0)]

    assert _from_base32(token) == b32decode(whole + "=" * (-len(whole) % 8))
    assert _from_base32(token.lower()) == _from_base32(token)


def test_a_text_of_both_lengths_is_asked_once() -> None:
    """Whoever asks again is given the same rows."""
    text = "ab12" * 200

    assert rows_of(text) is rows_of("".join(["ab12"] * 200))
    assert rows_of(text).spans(BASE64, 1) == [(0, 800)]
    assert not rows_of(text).hold(FOREIGN_DIGIT)
