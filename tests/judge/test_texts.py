"""Text is read wherever there is any, in one piece and in many."""

import re
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scenarios.judge import texts
from scenarios.judge.texts import may_be_in_utf8, texts_of

LEGIBLE = re.compile(
    rb"(?:[\x00\t\n\r\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|"
    rb"[\xe0-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}){6,}"
)

PIECES = st.lists(
    st.one_of(
        st.binary(min_size=1, max_size=12),
        st.binary(min_size=1, max_size=400),
        st.text(min_size=1, max_size=20).map(str.encode),
        st.text("北京市示例区建国路", min_size=1, max_size=40).map(
            lambda text: text.encode("gb18030")
        ),
        st.lists(
            st.sampled_from(
                [b"abcdef", b"\xff", b"\x80", "é".encode(), "中文".encode(), b"\xf0\x9f"]
            )
        ).map(lambda parts: b"".join([b"\xfe", *parts])),
    )
)


def read(piece: bytes) -> str:
    """As one reads a piece alone."""
    with suppress(UnicodeDecodeError):
        return piece.decode()
    runs = [run.decode(errors="ignore") for run in LEGIBLE.findall(piece)]
    with suppress(UnicodeDecodeError):
        runs.append(piece.decode("gb18030"))
    return "\n".join(runs)


@pytest.fixture(params=[0, 10**9], ids=["many", "few"])
def _number(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether pieces count as many or as few."""
    monkeypatch.setattr(texts, "FEW", request.param)
    monkeypatch.setattr(texts, "SHORT_MAX", request.param)


@pytest.mark.usefixtures("_number")
@given(pieces=PIECES)
@example(pieces=[b"\xff\xfe\x9315413572468\xff\x81", "示例".encode("gb18030"), b"\x8130\x815"])
def test_many_pieces_are_read_like_each_alone(pieces: list[bytes]) -> None:
    assert list(texts_of(pieces)) == [text for piece in pieces if (text := read(piece))]


@given(text=st.text(min_size=8), start=st.integers(0, 40))
def test_a_part_of_utf8_may_be_cut_anywhere(text: str, start: int) -> None:
    assert may_be_in_utf8(text.encode()[start:][:8])


def test_what_breaks_utf8_in_the_middle_is_no_part_of_it() -> None:
    assert not may_be_in_utf8(b"ab\xff")
    assert not may_be_in_utf8(b"ab\x80cd")
    assert not may_be_in_utf8(b"ab\xe4cd")
