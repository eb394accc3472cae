"""Text as it is searched: characters that look alike are made the same, and what people and formats
put between them is taken out."""

import unicodedata
from functools import lru_cache


def normalise(text: str) -> str:
    """The text as it is searched: folded, and without spacing, separators and brackets."""
    return flatten(fold(text))


def fold(text: str) -> str:
    """Full-width characters made ordinary, and case removed."""
    return ordinary(text).casefold()


@lru_cache(maxsize=16)
def ordinary(text: str) -> str:
    """Full-width characters made ordinary (NFKC). Kept until all views of a body have been peeled,
    since each is then folded."""
    return unicodedata.normalize("NFKC", text)


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
