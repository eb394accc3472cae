"""Takes the wrappings off bytes whose format nobody told us, so that a secret cannot hide behind an
encoding.

A view is what stands behind some wrappings: compression, base64, base32, hex, or the escapes of
URLs, JSON, markup and mail, up to three of them in any order. All tokens of one view that wear the
same wrapping are unwrapped together into one new view, so that there are never more views than
orders of wrappings, however many tokens a body has. Nothing is parsed: a nested JSON string, a form
or a multipart body needs only its escapes removed for its text to be searched.
"""

import base64
import binascii
import bz2
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from urllib.parse import unquote_to_bytes

INFLATED_BYTES_MAX = 32 * 1024 * 1024
"""How much decompression may bring forth from one body, in total."""

_STREAMS_MAX = 64
"""Compressed streams that are looked for in one piece of bytes."""


class PeelingStopped(Exception):
    """A body holds more compressed data than we are willing to inflate: what was not seen cannot be
    judged."""


@dataclass(frozen=True, slots=True)
class View:
    """What stands behind the wrappings named by `path`, outermost first; the empty path is the body
    itself."""

    text: str
    path: tuple[str, ...]
    pieces: tuple[bytes, ...] = ()
    """The bytes that `text` was read from, one piece for each token that was unwrapped."""


@dataclass(frozen=True, slots=True)
class Peeled:
    """All views of some bytes, and what kept there from being more."""

    views: tuple[View, ...]
    stopped: PeelingStopped | None


@lru_cache(maxsize=4)
def peeled(data: bytes) -> Peeled:
    """What `peel` yields, kept for a moment: several questions are put to the same bytes in
    turn."""
    views = []
    try:
        for view in peel(data):
            views.append(view)  # noqa: PERF402 (what was seen before it stopped counts)
    except PeelingStopped as stopped:
        return Peeled(tuple(views), stopped)
    return Peeled(tuple(views), None)


def views_of(*places: bytes) -> Iterator[View]:
    """Every view of each place in turn, up to one that holds more than is inflated: the search for
    leaks says so."""
    for data in places:
        whole = peeled(data)
        yield from whole.views
        if whole.stopped is not None:
            return


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


def peel(data: bytes, depth: int = 3) -> Iterator[View]:
    """Every view of `data`, the body itself first and the deepest last.

    Raises PeelingStopped after the last view if the body would inflate beyond all reason.
    """
    allowance = Allowance(INFLATED_BYTES_MAX)
    level = [view_of((data,), ())]
    seen = {level[0].pieces}
    yield level[0]
    for _ in range(depth):
        deeper = []
        for outer in level:
            for name, unwrap in _WRAPPINGS.items():
                pieces = tuple(filter(None, unwrap(outer, allowance)))
                if pieces and pieces not in seen:
                    seen.add(pieces)
                    view = view_of(pieces, (*outer.path, name))
                    deeper.append(view)
                    yield view
        level = deeper
        if allowance.spent:
            break  # Nothing deeper could acquit it.
    if allowance.spent:
        raise PeelingStopped(f"a body inflates to more than {INFLATED_BYTES_MAX} bytes")


def view_of(pieces: tuple[bytes, ...], path: tuple[str, ...]) -> View:
    """The view of those pieces, one below the other."""
    return View("\n".join(text for piece in pieces if (text := text_of(piece))), path, pieces)


_LEGIBLE = re.compile(
    rb"(?:[\x00\t\n\r\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|"
    rb"[\xe0-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}){6,}"
)


def text_of(piece: bytes) -> str:
    """The piece as UTF-8; else what it holds of legible runs, and all of it as GB 18030 if it can
    be that."""
    return _text_of_token(piece) if len(piece) <= _TOKEN_BYTES_MAX else _text_of(piece)


_TOKEN_BYTES_MAX = 64


@lru_cache(maxsize=50_000)
def _text_of_token(piece: bytes) -> str:
    """Remembered, since a token comes again with each payment of a person."""
    return _text_of(piece)


def _text_of(piece: bytes) -> str:
    try:
        return piece.decode()
    except UnicodeDecodeError:
        pass
    runs = [run.decode(errors="ignore") for run in _LEGIBLE.findall(piece)]
    with suppress(UnicodeDecodeError):
        runs.append(piece.decode("gb18030"))
    return "\n".join(runs)


def normalise(text: str) -> str:
    """The text as it is searched: folded, and without spacing, separators and brackets."""
    return flatten(fold(text))


def fold(text: str) -> str:
    """Full-width characters made ordinary (NFKC), and case removed."""
    if text.isascii():
        return text.lower()
    parts = list(_in_parts(text))
    parts[::2] = map(str.lower, parts[::2])
    parts[1::2] = (unicodedata.normalize("NFKC", part).casefold() for part in parts[1::2])
    return "".join(parts)


_NOT_ASCII = re.compile(r"([^\x00-\x7f]+)")


@lru_cache(maxsize=16)
def _in_parts(text: str) -> tuple[str, ...]:
    """The text in parts, every second of which is all that normalising may change: what is not
    ASCII, with the character before, which an accent may join. ASCII alone is many times faster.
    Kept until all views of a body have been peeled, since each is then folded."""
    parts = _NOT_ASCII.split(text)
    for at in range(1, len(parts), 2):
        parts[at] = parts[at - 1][-1:] + parts[at]
        parts[at - 1] = parts[at - 1][:-1]
    return tuple(parts)


SEPARATORS = frozenset(
    "\x00\t\n\v\f\r -_./,:;|+()[]{}\"'·、。"
    "\u00ad\u200b\u200c\u200d\u2010\u2011\u2012\u2013\u2014\u2015\u2060\u2212\ufeff"
)
_ASCII_SEPARATORS = bytes(ord(one) for one in SEPARATORS if one.isascii())
_FOREIGN_SEPARATORS = tuple(one for one in sorted(SEPARATORS) if not one.isascii())
_WITHOUT_SEPARATORS = dict.fromkeys(map(ord, SEPARATORS))


def flatten(folded: str) -> str:
    """The text without the characters that people and formats put between digits."""
    if folded.isascii():
        return folded.translate(_WITHOUT_SEPARATORS)
    # As bytes, all of ASCII goes at once; the others are few and seldom there.
    kept = folded.encode(errors="surrogatepass").translate(None, _ASCII_SEPARATORS)
    flat = kept.decode(errors="surrogatepass")
    for separator in _FOREIGN_SEPARATORS:
        flat = flat.replace(separator, "")
    return flat


@lru_cache(maxsize=2)
def _ordinary(text: str) -> str:
    if text.isascii():
        return text
    parts = list(_in_parts(text))
    parts[1::2] = (unicodedata.normalize("NFKC", part) for part in parts[1::2])
    return "".join(parts)


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

# A chunk of at least 60 characters that ends a line goes on in the next, as in mail.
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{11,}(?:(?<=[A-Za-z0-9+/_-]{60})\r?\n[A-Za-z0-9+/_-]+)*")
_STANDARD = str.maketrans("-_", "+/", "\r\n")


_ONLY_HEX = re.compile(r"[0-9A-Fa-f]+")
"""No base64 of anything sought looks like this: every three characters of an identifier give a
letter beyond F for the first digit or capital among them, and binary data would have to avoid two
letters of three all along."""


def _base64(view: View, allowance: Allowance) -> Iterator[bytes]:
    """Base64 in both alphabets. A token may have a name grown to its front, so every alignment is
    tried; the shifted ones are nearly always nonsense and share one piece."""
    shifted = []
    for token in dict.fromkeys(_BASE64.findall(_ordinary(view.text))):  # Names of fields recur.
        if _ONLY_HEX.fullmatch(token):
            continue
        meant, amiss = _unwrapped(token) if len(token) <= _TOKEN_BYTES_MAX else _unwrap(token)
        yield from meant
        shifted.append(amiss)
    yield b"\n".join(shifted)


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


_HEX = re.compile(r"[0-9A-Fa-f]{16,}")
_FOUR_APART = re.compile(r"[:\s-](?:[0-9A-Fa-f]{2}[:\s-]){3}")
"""Stands within every row of eight pairs; from one separator to the next the search runs fast."""
_HEX_PAIRS = re.compile(r"[0-9A-Fa-f]{2}(?:[:\s-][0-9A-Fa-f]{2}){7,}")


def _hex(view: View, allowance: Allowance) -> Iterator[bytes]:
    """Runs of hex digits at both alignments, and pairs of them set apart."""
    text = _ordinary(view.text)
    shifted = []
    for token in _HEX.findall(text):
        yield bytes.fromhex(token[: len(token) // 2 * 2])
        shifted.append(bytes.fromhex(token[1 : 1 + (len(token) - 1) // 2 * 2]))
    for pairs in _HEX_PAIRS.findall(text) if _FOUR_APART.search(text) else ():
        yield bytes.fromhex(re.sub(r"[:\s-]", "", pairs))
    yield b"\n".join(shifted)


_URL_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_FORM_SPACE = re.compile(r"\w=[^&=:\s\"]*\+")
_URL_TOKEN = re.compile(r"[A-Za-z0-9_.~+%-]{3,}")


def _url(view: View, allowance: Allowance) -> Iterator[bytes]:
    """URL escapes and form encoding; a token that escapes binary data is also a piece of its
    own."""
    text = _ordinary(view.text)
    escaped = "%" in text and _URL_ESCAPE.search(text) is not None
    if escaped or ("+" in text and _FORM_SPACE.search(text)):
        yield unquote_to_bytes(text.replace("+", " "))
    if escaped and "+" in text:
        yield unquote_to_bytes(text)
    for token in _URL_TOKEN.findall(text) if escaped else ():
        yield from _if_binary(unquote_to_bytes(token.replace("+", " ")))


def _if_binary(data: bytes) -> Iterator[bytes]:
    if not all(byte >= 0x20 for byte in data) or not _is_utf8(data):
        yield data


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


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
    text = _ordinary(view.text)
    if any(sign in text for sign in _ESCAPE_SIGNS) and _ESCAPED.search(text):
        yield _ESCAPED.sub(_of_escape, text.replace("=\r\n", "").replace("=\n", "")).encode()


def _of_escape(escape: re.Match[str]) -> str:
    bases = zip(escape.groups(), _ESCAPE_BASES, strict=True)
    code = next(int(part, base) for part, base in bases if part)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else escape[0]


_BASE32 = re.compile(r"[A-Z2-7]{16,}|[a-z2-7]{16,}")
_PERHAPS_BASE32 = re.compile(r"[A-Za-z2-7]{16,}")


def _base32(view: View, allowance: Allowance) -> Iterator[bytes]:
    for run in _PERHAPS_BASE32.findall(_ordinary(view.text)):
        yield from _from_base32(run)


def _from_base32(run: str) -> Iterator[bytes]:
    for token in _BASE32.findall(run):
        whole = token[: len(token) - {1: 1, 3: 1, 6: 1}.get(len(token) % 8, 0)]
        yield base64.b32decode(whole.upper() + "=" * (-len(whole) % 8))


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


_WRAPPINGS: dict[str, Callable[[View, Allowance], Iterator[bytes]]] = {
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
