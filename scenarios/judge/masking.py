"""Takes every planted secret out of a text before anyone reads it, so that a report never repeats
the leak.

What is found where it stands is covered there; what hides in an encoding takes its whole word with
it; and if anything can still be found after that, nothing of the text is shown.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from scenarios.judge.folding import fold
from scenarios.judge.kinds import CANARIES, LENGTH_MIN, mask_value
from scenarios.judge.leaks import PlantedIndex
from scenarios.judge.peeling import PeelingStopped
from scenarios.traffic import Secret

__all__ = ["legible", "mask", "mask_value", "redact"]

REDACTED = "[redacted]"

_ILLEGIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_WORD = re.compile(r"[^\s\"'<>{}\[\],;&?]{11,}")
_ROUNDS = 3
"""Covering one form may uncover another that it had explained."""


def redact(text: str, secrets: Iterable[Secret]) -> str:
    """The text without those secrets."""
    return mask(text, PlantedIndex(secrets))


def mask(text: str, index: PlantedIndex) -> str:
    """The text without any planted secret in any form; of plain ones, the last four characters
    stay."""
    text = _without(index.too_short, text)
    for _ in range(_ROUNDS):
        covered = _cover(text, index)
        if covered == text:
            break
        text = covered
    if not _tells(text, index):
        return text
    text = _WORD.sub(lambda word: REDACTED if _tells(word[0], index) else word[0], text)
    return REDACTED if _tells(text, index) else text


def legible(text: str) -> str:
    """The text without what a terminal obeys, what turns its direction, what XML forbids and what
    UTF-8 cannot say; a platform may have put any of it into what a report quotes."""
    return _ILLEGIBLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _without(shorts: tuple[str, ...], text: str) -> str:
    """Without the values that are too short to be searched in every form; words are taken only
    whole."""
    pattern = _any_of(shorts)
    return text if pattern is None else pattern.sub(lambda short: "*" * len(short[0]), text)


@lru_cache(maxsize=8)
def _any_of(shorts: tuple[str, ...]) -> re.Pattern[str] | None:
    whole = [
        rf"(?<![0-9A-Za-z]){re.escape(short)}(?![0-9A-Za-z])"
        if short.isascii()
        else re.escape(short)
        for short in sorted(shorts, key=lambda short: (-len(short), short))
        if short.strip()
    ]
    return re.compile("|".join(whole), re.IGNORECASE) if whole else None


def _cover(text: str, index: PlantedIndex) -> str:
    folded, origins = _folded_with_origins(text)
    shown: list[str] = []
    at = 0
    for hit in index.hits(folded):
        start, end = origins[hit.start], origins[hit.end - 1] + 1
        if end <= at:
            continue
        shown += [text[at : max(start, at)], _cover_of(text[start:end], hit.secret, hit.form)]
        at = end
    return "".join([*shown, text[at:]])


def _folded_with_origins(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in `text` that it came from."""
    if text.isascii():
        return fold(text), list(range(len(text)))
    folded = [fold(character) for character in text]
    return "".join(folded), [at for at, part in enumerate(folded) for _ in part]


def _cover_of(seen: str, secret: Secret, form: str) -> str:
    if form == "plain" and secret.kind not in CANARIES and len(seen) >= LENGTH_MIN:
        return mask_value(seen)
    return REDACTED


def _tells(text: str, index: PlantedIndex) -> bool:
    try:
        return bool(index.leaks(text.encode(errors="surrogatepass"), "text"))
    except PeelingStopped:
        return True
