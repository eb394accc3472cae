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
from dataclasses import dataclass, replace

from scenarios.judge.enumeration import ALGORITHMS, digests_of
from scenarios.judge.folding import SEPARATORS, flatten, fold, normalise
from scenarios.judge.kinds import CANARIES, IDENTIFIERS, LENGTH_MIN, mask_value
from scenarios.judge.masked_values import (
    MIDDLE_KEPT,
    PREFIX_KEPT,
    SUFFIX_KEPT,
    Roster,
    ascribed,
    naked_numbers,
)
from scenarios.judge.peeling import PeelingStopped, peeled
from scenarios.judge.rows import DIGITS, HEX, rows_of
from scenarios.judge.sieve import Sieve, narrowed
from scenarios.judge.spellings import shortened, spellings
from scenarios.judge.texts import is_utf8, may_be_in_utf8
from scenarios.traffic import Secret

PLAIN = "plain"
PLAIN_REVERSED = "plain_reversed"
_PARTS = (PREFIX_KEPT, MIDDLE_KEPT, SUFFIX_KEPT)
_PARTS_OF_A_PERSON = 6
"""Beginning and end of three identifiers, with which a bare number is compared."""
FORMS = (PLAIN, PLAIN_REVERSED, PREFIX_KEPT, MIDDLE_KEPT, SUFFIX_KEPT, *ALGORITHMS)

_PART_OF_IDENTIFIER = 10
_PART_OF_CANARY = 12
_DISTINCT_MIN = 4
"""A part with fewer different characters is padding: sixteen zeros are in a trace id and in an
invented card."""

_GRAM = 8
_STEP = 4
"""Of four windows of a text one is looked up: enough for whatever is eleven characters long."""
_CLEAN_RUNS_MAX = 200_000
_TOKEN_MAX = 128
_DIGEST_GRAM = 16
"""Half of an MD5 in hex: a digest cut short is as good as a whole one to those who enumerate."""


ABOUT, ANYONE = "about", "anyone"


@dataclass(frozen=True, slots=True)
class Bare:
    """Digits that agree with a part of an identifier, and may do so by chance."""

    digits: int
    among: str
    """`about`: it is somebody's whom the bytes are known to be about; `anyone`: of all people."""


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
    bare: Bare | None = None
    """For digits that nothing beside them marks as a part of something."""


@dataclass(slots=True)
class Tries:
    """How many pairs of digits could have agreed by chance."""

    about: int = 0
    """Bare numbers, each with the identifiers of those whom its bytes are about."""
    windows: int = 0
    """Ten digits in a row that arrived; each may agree with any ten of any identifier."""
    planted: int = 0
    """Tens of digits in all identifiers of the run."""

    @property
    def anyone(self) -> int:
        """Ten digits that arrived, with ten digits of anyone's identifiers."""
        return self.windows * self.planted


@dataclass(frozen=True, slots=True)
class Searched:
    """What one place holds, and what was tried there."""

    leaks: tuple[Leak, ...]
    about: int
    windows: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A secret in a folded text, and the span it takes there."""

    secret: Secret
    form: str
    start: int
    end: int
    bare: Bare | None = None


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

    @property
    def bare(self) -> Bare | None:
        """What chance must explain, unless it is whole."""
        return Bare(self.end - self.start, ANYONE) if self.form in _PARTS else None


class PlantedIndex:
    """Everything that was planted in a run, ready to be looked up."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        known = {(secret.kind, secret.value, secret.person): secret for secret in secrets}
        self.secrets: tuple[Secret, ...] = tuple(known.values())
        self._grams: dict[str, list[tuple[_Needle, int]]] = defaultdict(list)
        self._digests: dict[str, tuple[Secret, str]] = {}
        self._raw_digests: dict[bytes, tuple[Secret, str]] = {}
        self._parts = Roster()
        self._sieve = Sieve(step=_STEP)
        self._short_sieve = Sieve()
        self._digest_sieve = Sieve()
        self._utf8_digest_sieve = Sieve(window=5, step=4)
        """The few that can begin in UTF-8."""
        self._clean_runs: set[str] = set()
        """Hex digits without a digest: tokens come again with each payment of a person."""
        self.planted = 0
        """Tens of digits in all identifiers."""
        self.too_short: tuple[str, ...] = tuple(
            secret.value for secret in self.secrets if len(normalise(secret.value)) < LENGTH_MIN
        )
        for secret in self.secrets:
            self._plant(secret)

    def leaks(self, data: bytes, where: str, persons: Collection[str] = ()) -> tuple[Leak, ...]:
        """Every leak in `data`, as `search` finds them."""
        return self.search(data, where, persons).leaks

    def search(self, data: bytes, where: str, persons: Collection[str] = ()) -> Searched:
        """Every leak in `data`, each secret once a form, the least wrapped first.

        `persons` are those whom the bytes are known to be about: parts that single nobody out are
        ascribed to them. Raises PeelingStopped only if nothing was found in what could be seen.
        """
        found: dict[tuple[str, str, str], Leak] = {}
        tries = Tries()
        whole = peeled(data)
        for view in whole.views:
            for hit in self.hits(fold(view.text), persons, tries):
                _note(found, hit, where, view.path)
            if view.path[-1:] == ("hex",):
                continue  # The same digits were read in the text around it.
            for secret, form in self._digests_in_bytes(view.pieces):
                _note(found, Hit(secret, form, 0, 0), where, view.path)
        if whole.stopped is not None and not found:
            raise PeelingStopped(str(whole.stopped))
        leaks = tuple(leak for leak in found.values() if not _is_part_of_another(leak, found))
        return Searched(leaks, tries.about, tries.windows)

    def hits(
        self, folded: str, persons: Collection[str] = (), tries: Tries | None = None
    ) -> list[Hit]:
        """What stands in a folded text as it is, without peeling; what was tried is added to
        `tries`."""
        tries = Tries() if tries is None else tries
        flat = flatten(folded)
        spans = [
            (match.needle.secret, match.form, match.start, match.end, match.bare)
            for match in self._matches(flat, folded, persons, tries)
        ]
        spans += [(*digest, None) for digest in self._digests_in_text(flat)]
        found = [
            Hit(part.secret, part.form, part.start, part.end)
            for part in self._parts.parts(folded, persons)
        ]
        for number in naked_numbers(folded) if persons else ():
            tries.about += len(persons) * _PARTS_OF_A_PERSON
            found += [
                Hit(part.secret, part.form, part.start, part.end, Bare(len(number[0]), ABOUT))
                for part in self._parts.naked(number, persons)
            ]
        if spans:
            origins = [at for at, character in enumerate(folded) if character not in SEPARATORS]
            found += [
                Hit(secret, form, origins[start], origins[end - 1] + 1, bare)
                for secret, form, start, end, bare in spans
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
            self.planted += len(text) - _PART_OF_IDENTIFIER + 1
        for spelling in spellings(secret.kind, secret.value):
            self._plant_digests(secret, spelling.encode())

    def _plant_needle(self, needle: _Needle) -> None:
        """File it under enough of its grams that every part long enough to count holds one of
        them."""
        text, numbers_only = needle.text, True
        last = 0 if needle.part_min is None else len(text) - _GRAM
        for offset in range(0, last + 1, (needle.part_min or _GRAM) - _GRAM + 1):
            gram = text[offset : offset + _GRAM]
            self._grams[gram].append((needle, offset))
            numbers_only &= _is_number(gram)
        if not numbers_only:
            self._sift(narrowed(text), needle.part_min)

    def _sift(self, text: bytes, part_min: int | None) -> None:
        """Seek what begins like this, or any part of it."""
        least = len(text) if part_min is None else part_min
        sieve = self._sieve if least >= self._sieve.least else self._short_sieve
        if part_min is None:
            sieve.add(text)
        else:
            sieve.add_parts(text)

    def _plant_digests(self, secret: Secret, spelling: bytes) -> None:
        for algorithm, digest in digests_of(spelling):
            entry = (secret, algorithm)
            shown = digest.hex()
            self._raw_digests[digest[:_GRAM]] = entry
            self._digest_sieve.add(digest)
            if may_be_in_utf8(digest[:_GRAM]):
                self._utf8_digest_sieve.add(digest)
            self._digests[shown[:_DIGEST_GRAM]] = entry
            if algorithm == "md5":  # Some write only the middle half of an MD5.
                self._digests[shown[8:24]] = entry
                self._digest_sieve.add(digest[4:])

    def _struck(self, flat: str, tries: Tries) -> list[int]:
        """Where grams stand: those of digits within numbers, others only where the sieves say
        that there may be one."""
        grams = self._grams
        bytes = narrowed(flat)
        runs = rows_of(flat).spans(DIGITS, _GRAM)
        tries.windows += sum(max(0, end - start - _PART_OF_IDENTIFIER + 1) for start, end in runs)
        if self._sieve.may_hold(bytes) or self._short_sieve.may_hold(bytes):
            places: Iterable[int] = range(len(flat) - _GRAM + 1)
        else:
            places = (at for start, end in runs for at in range(start, end - _GRAM + 1))
        return [at for at in places if flat[at : at + _GRAM] in grams]

    def _matches(
        self, flat: str, folded: str, persons: Collection[str], tries: Tries
    ) -> list[_Match]:
        """Needles and parts of needles; what lies within a longer match is explained by it."""
        struck = self._struck(flat, tries)
        if not struck:
            return []
        grams = self._grams
        every = [
            match
            for at in struck
            for needle, offset in grams[flat[at : at + _GRAM]]
            if (match := _match(needle, offset, flat, at)) is not None
            and (needle.secret.kind != "name" or _stands_alone(needle.secret.value, folded))
        ]
        return _singling_out(_unexplained(every), persons)

    def _digests_in_text(self, flat: str) -> Iterator[tuple[Secret, str, int, int]]:
        clean = self._clean_runs
        runs = [
            (digits, start)
            for start, end in rows_of(flat).spans(HEX, _DIGEST_GRAM)  # It has no capitals.
            if (digits := flat[start:end]) not in clean
        ]
        if not self._digest_sieve.may_hold(b"".join([_read_twice(digits) for digits, _ in runs])):
            if len(clean) > _CLEAN_RUNS_MAX:
                clean.clear()
            clean.update(digits for digits, _ in runs if len(digits) <= _TOKEN_MAX)
            return
        for digits, start in runs:
            for at in range(len(digits) - _DIGEST_GRAM + 1):
                entry = self._digests.get(digits[at : at + _DIGEST_GRAM])
                if entry is not None:
                    length = min(_HEX_LENGTH[entry[1]], len(digits) - at)
                    yield *entry, start + at, start + at + length

    def _digests_in_bytes(self, pieces: tuple[bytes, ...]) -> Iterator[tuple[Secret, str]]:
        known = self._raw_digests
        binary = [piece for piece in pieces if not piece.isascii()]
        joined = b"".join(binary)
        sieve = self._utf8_digest_sieve if is_utf8(joined) else self._digest_sieve
        if not sieve.may_hold(joined):
            return
        for piece in binary:
            struck = [at for at in range(len(piece) - _GRAM + 1) if piece[at : at + _GRAM] in known]
            for at in struck:
                yield known[piece[at : at + _GRAM]]


def _is_number(gram: str) -> bool:
    return gram.isascii() and gram.isdecimal()


def _read_twice(digits: str) -> bytes:
    """Hex digits as bytes, from the first on and from the second on."""
    even = len(digits) // 2 * 2
    odd = 1 + (len(digits) - 1) // 2 * 2
    return bytes.fromhex(digits[:even] + digits[1:odd])


_HEX_LENGTH = {algorithm: 2 * len(digest) for algorithm, digest in digests_of(b"")}


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
    found: dict[tuple[str, str, str], Leak], hit: Hit, where: str, path: tuple[str, ...]
) -> None:
    secret, form = hit.secret, hit.form
    key = (secret.person, secret.kind, form)
    if key not in found:
        excerpt = _excerpt(secret, form)
        found[key] = Leak(
            secret.person, secret.kind, secret.category, form, where, path, excerpt, hit.bare
        )
    elif _proves_more(hit.bare, found[key].bare):
        found[key] = replace(found[key], bare=hit.bare)


def _proves_more(one: Bare | None, other: Bare | None) -> bool:
    """Whether chance explains the one less easily than the other."""
    if one is None or other is None:
        return other is not None
    return (one.among == ABOUT, one.digits) > (other.among == ABOUT, other.digits)


def _is_part_of_another(leak: Leak, found: dict[tuple[str, str, str], Leak]) -> bool:
    """Whether it is a part of a secret that was found whole as well: views cut amiss show such."""
    return leak.form in _PARTS and (leak.person, leak.kind, PLAIN) in found


def _excerpt(secret: Secret, form: str) -> str:
    """What was found, with no more in the clear than the last four characters, and nothing of a
    canary."""
    whole = "*" * len(secret.value) if secret.kind in CANARIES else mask_value(secret.value)
    return whole if form == PLAIN else f"{form} of {whole}"
