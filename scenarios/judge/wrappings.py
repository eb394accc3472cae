"""How each wrapping is taken off: all tokens of a view that wear it, at once."""

import binascii
import bz2
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from urllib.parse import unquote_to_bytes

from scenarios.judge.folding import ordinary
from scenarios.judge.rows import BASE32, BASE64, HEX, rows_of
from scenarios.judge.texts import TOKEN_BYTES_MAX, is_utf8

_STREAMS_MAX = 64
"""Compressed streams that are looked for in one piece of bytes."""


@dataclass(frozen=True, slots=True)
class View:
    """What stands behind the wrappings named by `path`, outermost first; the empty path is the body
    itself."""

    text: str
    path: tuple[str, ...]
    pieces: tuple[bytes, ...] = ()
    """The bytes that `text` was read from, one piece for each token that was unwrapped."""


class Allowance:
    """What decompression may still bring forth; once spent, it stays spent."""

    def __init__(self, left_bytes: int) -> None:
        self.left_bytes = left_bytes
        self.spent = False

    def inflate(self, data: bytes, wbits: int) -> tuple[bytes, bytes, bool] | None:
        """The inflated bytes, what follows the stream, and whether it ended; None if it is no such
        stream."""
        if self.left_bytes <= 0:
            self.spent = True
            return None
        stream = zlib.decompressobj(wbits)
        try:
            inflated = stream.decompress(data, self.left_bytes)
        except zlib.error:
            return None
        self.left_bytes -= len(inflated)
        if stream.unconsumed_tail:
            self.spent = True
        return inflated, stream.unused_data, stream.eof


def _gzip(view: View, allowance: Allowance) -> Iterator[bytes]:
    for piece in _perhaps_with(_GZIP_START, view):
        yield from _streams(piece, _GZIP_START, 31, allowance)


def _zlib(view: View, allowance: Allowance) -> Iterator[bytes]:
    for piece in _perhaps_with(_ZLIB_START, view):
        yield from _streams(piece, _ZLIB_START, 15, allowance)


_GZIP_START = re.compile(rb"\x1f\x8b\x08")
_ZLIB_START = re.compile(rb"\x78[\x01\x5e\x9c\xda]")


def _perhaps_with(start: re.Pattern[bytes], view: View) -> tuple[bytes, ...]:
    """The pieces of the view if something may start in one of them. Most views have hundreds of
    pieces and no start, which one look at all of them in a row tells."""
    return view.pieces if start.search(b"".join(view.pieces)) else ()


def _streams(
    piece: bytes, start: re.Pattern[bytes], wbits: int, allowance: Allowance
) -> Iterator[bytes]:
    """Every compressed stream in the piece, wherever it starts."""
    at = 0
    for _ in range(_STREAMS_MAX):
        begun = start.search(piece, at)
        if begun is None:
            return
        outcome = allowance.inflate(piece[begun.start() :], wbits)
        if outcome is None:
            at = begun.start() + 1
            continue
        inflated, rest, ended = outcome
        yield inflated
        at = len(piece) - len(rest) if ended else begun.start() + 1


def _deflate(view: View, allowance: Allowance) -> Iterator[bytes]:
    """Raw deflate has no mark of its own: a piece is taken for it only if it is one from first to
    last byte."""
    for piece in view.pieces:
        if not piece or piece[0] & 0x06 == 0x06:  # No such block type.
            continue
        outcome = allowance.inflate(piece, -15)
        if outcome is not None and outcome[2] and not outcome[1]:
            yield outcome[0]


_BASE64_MIN = 11
"""Eight bytes, unpadded."""

_MAIL_LINE = 60
"""A row of so many characters that ends a line goes on in the next, as in mail."""
_IN_LINES = re.compile(
    rf"[A-Za-z0-9+/_-]+(?:(?<=[A-Za-z0-9+/_-]{{{_MAIL_LINE}}})\r?\n[A-Za-z0-9+/_-]+)+"
)
_STANDARD = str.maketrans("-_", "+/", "\r\n")


def _base64(view: View, allowance: Allowance) -> Iterator[bytes]:
    """Base64 in both alphabets. A token may have a name grown to its front, so every alignment is
    tried; the shifted ones are nearly always nonsense and share one piece."""
    shifted = []
    for token in dict.fromkeys(_base64_tokens(ordinary(view.text))):  # Names of fields recur.
        meant, amiss = _unwrapped(token) if len(token) <= TOKEN_BYTES_MAX else _unwrap(token)
        yield from meant
        shifted.append(amiss)
    yield b"\n".join(shifted)


def _base64_tokens(text: str) -> Iterator[str]:
    """Everything that may be base64. Hex digits alone are none of anything sought: every three
    characters of an identifier give a letter beyond F for the first digit or capital among them,
    and binary data would have to avoid two letters of three all along."""
    rows = rows_of(text)
    only_hex = frozenset(rows.spans(HEX, _BASE64_MIN))
    spans = rows.spans(BASE64, _BASE64_MIN)
    if "\n" not in text:
        yield from [text[start:end] for start, end in spans if (start, end) not in only_hex]
        return
    over = 0
    for span in spans:
        start, end = span
        if start < over:
            continue  # It has been taken with the line before.
        lines = _IN_LINES.match(text, start) if end - start >= _MAIL_LINE else None
        if lines is not None:
            over = lines.end()
            yield lines[0]
        elif span not in only_hex:
            yield text[start:end]


@lru_cache(maxsize=50_000)
def _unwrapped(token: str) -> tuple[tuple[bytes, ...], bytes]:
    """Remembered, since names of fields and merchants come again in other bodies."""
    return _unwrap(token)


def _unwrap(token: str) -> tuple[tuple[bytes, ...], bytes]:
    """What the token and its parts stand for, and what it does where its first characters are not
    its own."""
    standard = token.translate(_STANDARD)
    meant = [_from_base64(standard)]
    if "/" in token:  # In a path, the slash is no part of the token.
        parts = (part.translate(_STANDARD) for part in token.split("/"))
        meant += [_from_base64(part) for part in parts if len(part) >= _BASE64_MIN]
    return tuple(meant), b"\n".join(_from_base64(standard[offset:]) for offset in (1, 2, 3))


_PADDING = {0: "", 2: "==", 3: "="}


def _from_base64(token: str) -> bytes:
    if len(token) % 4 == 1:
        token = token[:-1]
    return binascii.a2b_base64(token + _PADDING[len(token) % 4])


_HEX_MIN = 16
_HEX_PAIRS = re.compile(r"[0-9A-Fa-f]{2}(?:[:\s-][0-9A-Fa-f]{2}){7,}")


def _hex(view: View, allowance: Allowance) -> Iterator[bytes]:
    """Runs of hex digits at both alignments, and pairs of them set apart."""
    text = ordinary(view.text)
    rows = rows_of(text)
    tokens = rows.texts(HEX, _HEX_MIN)
    for token in tokens:
        yield bytes.fromhex(token[: len(token) // 2 * 2])
    for pairs in _HEX_PAIRS.findall(text) if rows.may_stand_apart(HEX, 2, 3, 6) else ():
        # Of eight pairs, the first and the last may be parts of longer rows.
        yield bytes.fromhex(re.sub(r"[:\s-]", "", pairs))
    yield bytes.fromhex("0a".join(token[1 : 1 + (len(token) - 1) // 2 * 2] for token in tokens))


_URL_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_FORM_SPACE = re.compile(r"\w=[^&=:\s\"]*\+")
_URL_TOKEN = re.compile(r"[A-Za-z0-9_.~+%-]{3,}")


def _url(view: View, allowance: Allowance) -> Iterator[bytes]:
    """URL escapes and form encoding; a token that escapes binary data is also a piece of its
    own."""
    text = ordinary(view.text)
    escaped = "%" in text and _URL_ESCAPE.search(text) is not None
    if escaped or ("+" in text and _FORM_SPACE.search(text)):
        yield unquote_to_bytes(text.replace("+", " "))
    if escaped and "+" in text:
        yield unquote_to_bytes(text)
    for token in _URL_TOKEN.findall(text) if escaped else ():
        yield from _if_binary(unquote_to_bytes(token.replace("+", " ")))


def _if_binary(data: bytes) -> Iterator[bytes]:
    if not all(byte >= 0x20 for byte in data) or not is_utf8(data):
        yield data


_JSON_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([\"'\\/bfnrt]))")
_SHORT_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def _json(view: View, allowance: Allowance) -> Iterator[bytes]:
    r"""JSON escapes, and with them one level of nested JSON strings; also `\x` escapes, as logs
    have them."""
    text = view.text
    if "\\" not in text or not _JSON_ESCAPE.search(text):
        return
    unescaped = _JSON_ESCAPE.sub(_unescaped, text)
    paired = unescaped.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    yield paired.encode()
    if any("\x80" <= character <= "\xff" for character in paired):
        yield paired.encode("latin-1", "ignore")  # Binary data, one character a byte.


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _SHORT_ESCAPES.get(escape[3], escape[3])


_ESCAPED = re.compile(
    r"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));|=([0-9A-F]{2})|%u([0-9A-Fa-f]{4})"
    r"|\\u\{([0-9A-Fa-f]{1,6})\}|\\([0-3][0-7]{2})"
)
_ESCAPE_SIGNS = ("&#", "=", "%u", "\\")
"""One of these begins every escape."""
_ESCAPE_BASES = (16, 10, 16, 16, 16, 8)


def _character(view: View, allowance: Allowance) -> Iterator[bytes]:
    """Character references of markup, quoted-printable, octal and other escapes of single
    characters."""
    text = ordinary(view.text)
    if any(sign in text for sign in _ESCAPE_SIGNS) and _ESCAPED.search(text):
        yield _ESCAPED.sub(_of_escape, text.replace("=\r\n", "").replace("=\n", "")).encode()


def _of_escape(escape: re.Match[str]) -> str:
    bases = zip(escape.groups(), _ESCAPE_BASES, strict=True)
    code = next(int(part, base) for part, base in bases if part)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else escape[0]


_BASE32_MIN = 16
_OF_ONE_CASE = re.compile(r"[A-Z2-7]{16,}|[a-z2-7]{16,}")
_IN_BASE_32 = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHIJKLMNOPQRSTUV")
"""From the digits of RFC 4648 to those with which Python writes numbers."""


def _base32(view: View, allowance: Allowance) -> Iterator[bytes]:
    for row in rows_of(ordinary(view.text)).texts(BASE32, _BASE32_MIN):
        yield from map(_from_base32, _OF_ONE_CASE.findall(row))


def _from_base32(token: str) -> bytes:
    """What the token stands for, up to its last whole byte: many times as fast as the standard
    library."""
    bits = 5 * len(token)
    number = int(token.upper().translate(_IN_BASE_32), 32)
    return (number >> bits % 8).to_bytes(bits // 8, "big")


_BZIP2_START = re.compile(rb"BZh[1-9]1AY&SY")


def _bzip2(view: View, allowance: Allowance) -> Iterator[bytes]:
    for piece in _perhaps_with(_BZIP2_START, view):
        for begun in _BZIP2_START.finditer(piece):
            with suppress(OSError):
                inflated = bz2.BZ2Decompressor().decompress(
                    piece[begun.start() :], max(allowance.left_bytes, 0)
                )
                allowance.left_bytes -= len(inflated)
                allowance.spent |= allowance.left_bytes <= 0
                yield inflated


_ZIP_START = re.compile(rb"PK\x03\x04")
_ZIP_HEADER_BYTES = 30


def _zip(view: View, allowance: Allowance) -> Iterator[bytes]:
    """The deflated members of archives, wherever one starts."""
    for piece in _perhaps_with(_ZIP_START, view):
        for begun in islice(_ZIP_START.finditer(piece), _STREAMS_MAX):
            at = begun.start()
            lengths = piece[at + 26 : at + _ZIP_HEADER_BYTES]
            aside = int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
            outcome = allowance.inflate(piece[at + _ZIP_HEADER_BYTES + aside :], -15)
            if outcome is not None:
                yield outcome[0]


WRAPPINGS: dict[str, Callable[[View, Allowance], Iterator[bytes]]] = {
    "gzip": _gzip,
    "zlib": _zlib,
    "deflate": _deflate,
    "bzip2": _bzip2,
    "zip": _zip,
    "base64": _base64,
    "hex": _hex,
    "url": _url,
    "json": _json,
    "escapes": _character,
    "base32": _base32,
}
