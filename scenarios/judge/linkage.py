"""Which tokens two recipients hold for one person and for nobody else.

A payload does not say which of its tokens stands for whom. So a token is taken for a person's only
where everything that holds it is about that person and has nobody else in common: what is always
about the same hundred persons singles none of them out.
"""

import json
from collections.abc import Iterable
from dataclasses import fields
from urllib.parse import quote, quote_plus

from scenarios.traffic import Merchant

NOBODY: frozenset[str] = frozenset()
_COMPARED_MAX = 1000
"""Two payloads about more persons than this each are not compared: together they would still single
nobody out."""


class Linkage:
    """Is shown every arrival once, in any order."""

    def __init__(self) -> None:
        self._about: dict[str, frozenset[str]] = {}
        self._first_at: dict[str, str] = {}
        self._at_several: set[str] = set()
        self._together: dict[str, frozenset[str]] = {}

    def take(self, recipient: str, persons: frozenset[str], tokens: Iterable[str]) -> None:
        """One arrival: whom it is about, and the tokens in it."""
        about, first_at = self._about, self._first_at
        for token in tokens:
            known = about.get(token)
            if known is None:
                about[token], first_at[token] = persons, recipient
                continue
            if known is not persons:
                about[token] = _common(known, persons)
            if first_at[token] != recipient:
                self._at_several.add(token)
        for person in persons:
            known = self._together.get(person, persons)
            self._together[person] = _common(known, persons)

    def tells_apart(self, person: str) -> bool:
        """Whether a token of the person's could be told from everybody else's."""
        return len(self._together.get(person, NOBODY)) == 1

    def shared(self, merchants: Iterable[Merchant]) -> dict[str, set[str]]:
        """By person: the tokens that at least two recipients received for that person alone. What
        merchants are called may be known to everyone."""
        lawful = "\n".join(sorted(_lawful(merchants)))
        shared: dict[str, set[str]] = {}
        for token in self._at_several:
            persons = self._about[token]
            if len(persons) != 1 or token in lawful:
                continue
            (person,) = persons
            shared.setdefault(person, set()).add(token)
        return shared


def _common(some: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """Whom both are about; of two large ones, the first as it is."""
    if len(some) <= 1 and some <= others:
        return some
    if min(len(some), len(others)) > _COMPARED_MAX:
        return some
    return some & others


def _lawful(merchants: Iterable[Merchant]) -> set[str]:
    """Everything about the merchants, as bodies write it."""
    told = {
        str(getattr(merchant, field.name)) for merchant in merchants for field in fields(Merchant)
    }
    return {written for value in told for written in _written(value)}


def _written(value: str) -> tuple[str, ...]:
    return tuple(
        written.casefold()
        for written in (value, quote(value), quote_plus(value), json.dumps(value))
    )
