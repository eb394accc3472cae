"""Peeling reaches what is hidden under up to three wrappings, and never runs away."""

import base64
import bz2
import gzip
import io
import json
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.judge import peeling
from scenarios.judge.folding import normalise
from scenarios.judge.peeling import PeelingStopped, peel
from scenarios.judge.wrappings import View

from .planting import WRAPPINGS, wrapped

SECRET = "the secret 15413572468 stands here"


def paths_to(text: str, data: bytes) -> list[tuple[str, ...]]:
    return [view.path for view in peel(data) if text in view.text]


def zipped(data: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("a.csv", data)
    return archive.getvalue()


def test_the_body_itself_is_the_first_view() -> None:
    assert next(peel(b'{"a": 1}')) == View('{"a": 1}', (), (b'{"a": 1}',))


def test_plain_short_text_has_no_other_view() -> None:
    assert [view.path for view in peel(b"a plain text")] == [()]


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (gzip.compress(SECRET.encode(), mtime=0), ("gzip",)),
        (zlib.compress(SECRET.encode()), ("zlib",)),
        (WRAPPINGS["deflate"](SECRET.encode()), ("deflate",)),
        (base64.b64encode(SECRET.encode()), ("base64",)),
        (base64.urlsafe_b64encode(SECRET.encode()).rstrip(b"="), ("base64",)),
        (b"tok_" + base64.b64encode(SECRET.encode()), ("base64",)),
        (b"/pay/id-" + base64.b64encode(SECRET.encode()), ("base64",)),
        (b"/pay/" + base64.b64encode(WRAPPINGS["deflate"](SECRET.encode())), ("base64", "deflate")),
        (SECRET.encode().hex().encode(), ("hex",)),
        (b"a" + SECRET.encode().hex().encode(), ("hex",)),
        (SECRET.encode().hex(":").encode(), ("hex",)),
        (b"note=the+secret+15413572468+stands+%68ere", ("url",)),
        (b'{"note": "the \\u0073ecret 15413572468 stands here"}', ("json",)),
        (base64.b32encode(SECRET.encode()), ("base32",)),
        (bz2.compress(SECRET.encode()), ("bzip2",)),
        (zipped(SECRET.encode()), ("zip",)),
        ("".join(f"&#{ord(c)};" for c in SECRET).encode(), ("escapes",)),
        ("".join(f"&#x{ord(c):x};" for c in SECRET).encode(), ("escapes",)),
        ("".join(f"={ord(c):02X}" for c in SECRET).encode(), ("escapes",)),
        ("".join(f"%u{ord(c):04x}" for c in SECRET).encode(), ("escapes",)),
        ("".join(f"\\u{{{ord(c):x}}}" for c in SECRET).encode(), ("escapes",)),
        ("".join(f"\\{ord(c):03o}" for c in SECRET).encode(), ("escapes",)),
        (b"the \\x73ecret 15413572468 stands here", ("json",)),
        (
            b"--boundary\r\n\r\n" + gzip.compress(SECRET.encode(), mtime=0) + b"\r\n--boundary",
            ("gzip",),
        ),
    ],
)
def test_one_wrapping_is_named(data: bytes, path: tuple[str, ...]) -> None:
    assert paths_to(SECRET, data)[0] == path


def test_a_path_names_the_outermost_wrapping_first() -> None:
    data = gzip.compress(base64.b64encode(SECRET.encode()), mtime=0)
    assert paths_to(SECRET, data) == [("gzip", "base64")]


def test_three_wrappings_are_peeled_and_a_fourth_is_not() -> None:
    three = SECRET.encode()
    for _ in range(3):
        three = base64.b64encode(three)
    assert paths_to(SECRET, three) == [("base64",) * 3]
    assert paths_to(SECRET, base64.b64encode(three)) == []


def test_nested_json_strings_are_peeled_level_by_level() -> None:
    inner = json.dumps({"say": 'a "quoted" word'})
    assert paths_to('a "quoted" word', json.dumps({"in": inner}).encode()) == [("json", "json")]


def test_a_surrogate_pair_becomes_its_character() -> None:
    assert paths_to("𠮷野家", rb"\ud842\udfb7\u91ce\u5bb6") == [("json",)]


def test_binary_data_in_a_json_string_is_inflated() -> None:
    packed = json.dumps({"blob": gzip.compress(SECRET.encode(), mtime=0).decode("latin-1")})
    assert paths_to(SECRET, packed.encode()) == [("json", "gzip")]


def test_base64_wrapped_to_lines_is_one_token() -> None:
    lines = base64.encodebytes((SECRET * 5).encode())
    assert paths_to(SECRET * 5, lines) == [("base64",)]


def test_every_member_of_a_gzip_file_is_inflated() -> None:
    data = gzip.compress(b"the first half", mtime=0) + gzip.compress(SECRET.encode(), mtime=0)
    assert paths_to(SECRET, data) == [("gzip",)]


def test_a_cut_off_stream_shows_what_it_held() -> None:
    packed = zlib.compress((SECRET + " the quick brown fox jumps over the lazy dog").encode())
    assert paths_to(SECRET, packed[:-12]) == [("zlib",)]


def test_chinese_text_is_read_as_utf_8_and_as_gb_18030() -> None:
    assert paths_to("北京市示例区建国路", "北京市示例区建国路".encode()) == [()]
    assert paths_to("北京市示例区建国路", "北京市示例区建国路".encode("gb18030")) == [()]


def test_legible_runs_are_read_out_of_binary_data() -> None:
    assert paths_to("15413572468", b"\xff\xfe\x9315413572468\xff\x81") == [()]


def test_full_width_base64_is_peeled() -> None:
    token = base64.b64encode(SECRET.encode()).decode()
    wide = "".join(chr(ord(c) - 0x21 + 0xFF01) for c in token)
    assert paths_to(SECRET, wide.encode()) == [("base64",)]


def test_a_bomb_stops_the_peeling_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peeling, "INFLATED_BYTES_MAX", 10_000)
    bomb = gzip.compress(b"0" * 10_001, mtime=0)
    views = peel(bomb)
    assert [len(next(views).text) for _ in range(2)][1] == 10_000
    with pytest.raises(PeelingStopped, match="more than 10000 bytes"):
        list(views)


def test_an_empty_body_has_one_empty_view() -> None:
    assert list(peel(b"")) == [View("", (), (b"",))]


def test_normalising_folds_width_and_case_and_drops_separators() -> None:
    assert normalise("１５４-1357 2468") == "15413572468"
    assert normalise("11010518810307002X") == "11010518810307002x"
    assert normalise("+86 (154) 1357\u200b2468") == "8615413572468"


@settings(derandomize=True, max_examples=300, deadline=None)
@given(names=st.lists(st.sampled_from(sorted(WRAPPINGS)), max_size=3))
def test_any_composition_of_three_wrappings_is_peeled(names: list[str]) -> None:
    data = wrapped(SECRET.encode(), names)
    if data is not None:
        assert paths_to(SECRET, data), names


@settings(derandomize=True, max_examples=300, deadline=None)
@given(data=st.binary(max_size=400))
def test_no_bytes_break_the_peeling(data: bytes) -> None:
    paths = [view.path for view in peel(data)]
    assert paths[0] == ()
    assert max(map(len, paths)) <= 3
    assert len(paths) == len(set(paths))
