"""Finds in any bytes, whatever their format, every form of what the traffic planted.

The bytes are peeled, each view is normalised, and the needles are looked up by their first eight
characters; what a person's data may lawfully leave behind, its last four characters or a keyed
token, is no needle and is never found.

How much of an identifier must be seen before it says something of anyone was measured: eight digits
strike by chance in one body of twenty when millions of needles are out, ten in one of thousands. So
a part without a mask beside it counts from ten characters on. A part beside a mask (`138****8000`)
or beside a word that names it (`last6`) is a part for certain, and counts from the first character
too many; it is ascribed to those whom it singles out.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from scenarios.judge.enumeration import ALGORITHMS, digests_of
from scenarios.judge.kinds import CANARIES, IDENTIFIERS, LENGTH_MIN, mask_value
from scenarios.judge.masked_values import (
    MIDDLE_KEPT,
    PREFIX_KEPT,
    SUFFIX_KEPT,
    Roster,
    ascribed,
)
from scenarios.judge.peeling import SEPARATORS, PeelingStopped, flatten, fold, normalise, peeled
from scenarios.judge.sieve import Sieve, narrowed
from scenarios.judge.spellings import shortened, spellings
from scenarios.traffic import Secret

PLAIN = "plain"
PLAIN_REVERSED = "plain_reversed"
FORMS = (PLAIN, PLAIN_REVERSED, PREFIX_KEPT, MIDDLE_KEPT, SUFFIX_KEPT, *ALGORITHMS)

_PART_OF_IDENTIFIER = 10
_PART_OF_CANARY = 12
_DISTINCT_MIN = 4
"""A part with fewer different characters is padding: sixteen zeros are in a trace id and in an
invented card."""

_GRAM = 8
_DIGEST_GRAM = 16
"""Half of an MD5 in hex: a digest cut short is as good as a whole one to those who enumerate."""


@dataclass(frozen=True, slots=True)
class Leak:
    """One secret, found in one form in one place; it shows no more than the last four
    characters."""

    person: str
    kind: str
    category: str
    form: str
    where: str
    path: tuple[str, ...]
    """The wrappings that hid it, outermost first."""
    excerpt_masked: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A secret in a folded text, and the span it takes there."""

    secret: Secret
    form: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Needle:
    """A normalised text to look for; a part of it counts from `part_min` characters, if at all."""

    secret: Secret
    text: str
    form: str
    part_min: int | None


@dataclass(frozen=True, slots=True)
class _Match:
    """A stretch of a flattened text that is a needle or a part of it."""

    needle: _Needle
    start: int
    end: int
    form: str


class PlantedIndex:
    """Everything that was planted in a run, ready to be looked up."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        known = {(secret.kind, secret.value, secret.person): secret for secret in secrets}
        self.secrets: tuple[Secret, ...] = tuple(known.values())
        self._grams: dict[str, list[tuple[_Needle, int]]] = defaultdict(list)
        self._digests: dict[str, tuple[Secret, str]] = {}
        self._raw_digests: dict[bytes, tuple[Secret, str]] = {}
        self._parts = Roster()
        self._gram_sieve = Sieve()
        self._digest_sieve = Sieve()
        self.too_short: tuple[str, ...] = tuple(
            secret.value for secret in self.secrets if len(normalise(secret.value)) < LENGTH_MIN
        )
        for secret in self.secrets:
            self._plant(secret)

    def leaks(self, data: bytes, where: str, persons: Collection[str] = ()) -> tuple[Leak, ...]:
        """Every leak in `data`, each secret once a form, the least wrapped first.

        `persons` are those whom the bytes are known to be about: parts that single nobody out are
        ascribed to them. Raises PeelingStopped only if nothing was found in what could be seen.
        """
        found: dict[tuple[str, str, str], Leak] = {}
        whole = peeled(data)
        for view in whole.views:
            for hit in self.hits(fold(view.text), persons):
                _note(found, hit.secret, hit.form, where, view.path)
            for secret, form in self._digests_in_bytes(view.pieces):
                _note(found, secret, form, where, view.path)
        if whole.stopped is not None and not found:
            raise PeelingStopped(str(whole.stopped))
        return tuple(leak for leak in found.values() if not _is_part_of_another(leak, found))

    def hits(self, folded: str, persons: Collection[str] = ()) -> list[Hit]:
        """What stands in a folded text as it is, without peeling."""
        flat = flatten(folded)
        spans = [
            (match.needle.secret, match.form, match.start, match.end)
            for match in self._matches(flat, folded, persons)
        ]
        spans += self._digests_in_text(flat)
        found = [
            Hit(part.secret, part.form, part.start, part.end)
            for part in self._parts.parts(folded, persons)
        ]
        if spans:
            origins = [at for at, character in enumerate(folded) if character not in SEPARATORS]
            found += [
                Hit(secret, form, origins[start], origins[end - 1] + 1)
                for secret, form, start, end in spans
            ]
        return sorted(found, key=lambda hit: (hit.start, -hit.end))

    def _plant(self, secret: Secret) -> None:
        text = normalise(secret.value)
        if len(text) < LENGTH_MIN:
            return
        part_min = _part_min(secret.kind)
        self._plant_needle(_Needle(secret, text, PLAIN, part_min))
        backwards = text[::-1]
        if backwards != text:
            self._plant_needle(_Needle(secret, backwards, PLAIN_REVERSED, None))
        old = shortened(secret.kind, text)
        if old is not None:
            self._plant_needle(_Needle(secret, old, PLAIN, None))
        if secret.kind in IDENTIFIERS:
            self._parts.add(secret, text)
        for spelling in spellings(secret.kind, secret.value):
            self._plant_digests(secret, spelling.encode())

    def _plant_needle(self, needle: _Needle) -> None:
        """File it under enough of its grams that every part long enough to count holds one of
        them."""
        text = needle.text
        last = 0 if needle.part_min is None else len(text) - _GRAM
        for offset in range(0, last + 1, (needle.part_min or _GRAM) - _GRAM + 1):
            gram = text[offset : offset + _GRAM]
            self._grams[gram].append((needle, offset))
            self._gram_sieve.add(narrowed(gram))

    def _plant_digests(self, secret: Secret, spelling: bytes) -> None:
        for algorithm, digest in digests_of(spelling):
            entry = (secret, algorithm)
            shown = digest.hex()
            self._raw_digests[digest[:_GRAM]] = entry
            self._digest_sieve.add(digest)
            self._digests[shown[:_DIGEST_GRAM]] = entry
            if algorithm == "md5":  # Some write only the middle half of an MD5.
                self._digests[shown[8:24]] = entry
                self._digest_sieve.add(digest[4:])

    def _matches(self, flat: str, folded: str, persons: Collection[str]) -> list[_Match]:
        """Needles and parts of needles; what lies within a longer match is explained by it."""
        if not self._gram_sieve.may_hold(narrowed(flat)):
            return []
        grams = self._grams
        struck = [at for at in range(len(flat) - _GRAM + 1) if flat[at : at + _GRAM] in grams]
        every = [
            match
            for at in struck
            for needle, offset in grams[flat[at : at + _GRAM]]
            if (match := _match(needle, offset, flat, at)) is not None
            and (needle.secret.kind != "name" or _stands_alone(needle.secret.value, folded))
        ]
        return _singling_out(_unexplained(every), persons)

    def _digests_in_text(self, flat: str) -> Iterator[tuple[Secret, str, int, int]]:
        runs = list(_HEX_RUN.finditer(flat))
        if not self._digest_sieve.may_hold(b"".join(_read_twice(run[0]) for run in runs)):
            return
        for run in runs:
            digits, start = run[0], run.start()
            for at in range(len(digits) - _DIGEST_GRAM + 1):
                entry = self._digests.get(digits[at : at + _DIGEST_GRAM])
                if entry is not None:
                    end = start + at + _HEX_LENGTH[entry[1]]
                    yield *entry, start + at, min(end, run.end())

    def _digests_in_bytes(self, pieces: tuple[bytes, ...]) -> Iterator[tuple[Secret, str]]:
        known = self._raw_digests
        binary = [piece for piece in pieces if not piece.isascii()]
        if not self._digest_sieve.may_hold(b"".join(binary)):
            return
        for piece in binary:
            struck = [at for at in range(len(piece) - _GRAM + 1) if piece[at : at + _GRAM] in known]
            for at in struck:
                yield known[piece[at : at + _GRAM]]


def _read_twice(digits: str) -> bytes:
    """Hex digits as bytes, from the first on and from the second on."""
    even = len(digits) // 2 * 2
    odd = 1 + (len(digits) - 1) // 2 * 2
    return bytes.fromhex(digits[:even] + digits[1:odd])


_HEX_LENGTH = {algorithm: 2 * len(digest) for algorithm, digest in digests_of(b"")}
_HEX_RUN = re.compile(r"[0-9a-f]{16,}")


def _part_min(kind: str) -> int | None:
    if kind in IDENTIFIERS:
        return _PART_OF_IDENTIFIER
    return _PART_OF_CANARY if kind in CANARIES else None


def _match(needle: _Needle, offset: int, flat: str, at: int) -> _Match | None:
    """The longest stretch around a struck gram that agrees with the needle, if it is long enough to
    count."""
    text = needle.text
    if needle.part_min is None:
        if not flat.startswith(text, at):
            return None
        return _Match(needle, at, at + len(text), needle.form)
    first, start = offset, at
    while first and start and text[first - 1] == flat[start - 1]:
        first, start = first - 1, start - 1
    last, end = offset + _GRAM, at + _GRAM
    while last < len(text) and end < len(flat) and text[last] == flat[end]:
        last, end = last + 1, end + 1
    if last - first == len(text):
        return _Match(needle, start, end, needle.form)
    if last - first < needle.part_min or len(set(text[first:last])) < _DISTINCT_MIN:
        return None
    if first == 0:
        return _Match(needle, start, end, PREFIX_KEPT)
    return _Match(needle, start, end, SUFFIX_KEPT if last == len(text) else MIDDLE_KEPT)


def _unexplained(matches: list[_Match]) -> list[_Match]:
    """Each match once, without those that lie within a longer one."""
    kept: list[_Match] = []
    longest = (0, 0)
    for match in sorted(dict.fromkeys(matches), key=lambda match: (match.start, -match.end)):
        if match.end > longest[1]:
            longest = (match.start, match.end)
        if (match.start, match.end) == longest:
            kept.append(match)
    return kept


def _singling_out(matches: list[_Match], persons: Collection[str]) -> list[_Match]:
    """Without the parts that fit too many persons, save those of `persons`."""
    fitting: dict[tuple[int, int], set[str]] = defaultdict(set)
    for match in matches:
        fitting[match.start, match.end].add(match.needle.secret.person)
    kept = []
    for match in matches:
        fit = fitting[match.start, match.end]
        whole = match.form in (PLAIN, PLAIN_REVERSED)
        if whole or ascribed(match.needle.secret.person, fit, persons):
            kept.append(match)
    return kept


def _stands_alone(name: str, folded: str) -> bool:
    """Whether the name is not merely the beginning or the end of longer words."""
    words = r"[\W_]*".join(map(re.escape, normalise(name)))
    backwards = r"[\W_]*".join(map(re.escape, normalise(name)[::-1]))
    return re.search(rf"(?<![^\W_])(?:{words}|{backwards})(?![^\W_])", folded) is not None


def _note(
    found: dict[tuple[str, str, str], Leak],
    secret: Secret,
    form: str,
    where: str,
    path: tuple[str, ...],
) -> None:
    leak = Leak(
        secret.person, secret.kind, secret.category, form, where, path, _excerpt(secret, form)
    )
    found.setdefault((leak.person, leak.kind, leak.form), leak)


def _is_part_of_another(leak: Leak, found: dict[tuple[str, str, str], Leak]) -> bool:
    """Whether it is a part of a secret that was found whole as well: views cut amiss show such."""
    is_part = leak.form in (PREFIX_KEPT, MIDDLE_KEPT, SUFFIX_KEPT)
    return is_part and (leak.person, leak.kind, PLAIN) in found


def _excerpt(secret: Secret, form: str) -> str:
    """What was found, with no more in the clear than the last four characters, and nothing of a
    canary."""
    whole = "*" * len(secret.value) if secret.kind in CANARIES else mask_value(secret.value)
    return whole if form == PLAIN else f"{form} of {whole}"
