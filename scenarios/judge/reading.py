"""Reads everything that arrived: what may join it, what may link it to others, and what leaked in
it. Where there is much to read, all cores do it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scenarios.judge.contents import bytes_of, contents_of, is_kept
from scenarios.judge.dossiers import UNREADABLE
from scenarios.judge.evidence import Evidence, Seen
from scenarios.judge.forks import in_forks
from scenarios.judge.leaks import Leak, PlantedIndex, Searched
from scenarios.judge.peeling import PeelingStopped
from scenarios.traffic import Payment
from simulator.journal.records import Arrival

PIECE_BYTES = 1024 * 1024
"""About as much is read in one go."""
SHARED_FROM_BYTES = 32 * 1024 * 1024
"""Less than this is read sooner than other processes are at work."""
_REPEATED_BYTES_MAX = 1024
"""A place of no more bytes is often the same as another: its name and agent, its media type."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one arrival."""

    exact: tuple[str, ...]
    """Payments whose exact amount stands in it, in the order of the amounts."""
    payments: tuple[str, ...]
    """These, and then those that lineage names."""
    tokens: frozenset[str]
    values: tuple[str, ...]
    """Tokens and long values, as `Contents` has them."""
    leaks: tuple[Leak, ...]
    about: int
    windows: int
    """What was tried, as `Tries` counts it."""


class Reader:
    """What must be known to read an arrival."""

    def __init__(
        self,
        evidence: Evidence,
        payments: Mapping[str, Payment],
        ids: Mapping[str, str],
        index: PlantedIndex,
    ) -> None:
        """`ids` maps the platform's own payment ids to the merchants'."""
        self._arrivals = evidence.arrivals
        self._payments = payments
        self._amounts = _Amounts(payments)
        self._index = index
        self._traced: dict[str, list[str]] = {}
        for payload, facts in evidence.lineage:
            if facts.source in ids:
                self._traced.setdefault(payload, []).append(ids[facts.source])

    def read_all(self) -> Iterator[Reading]:
        """A reading of each arrival, in order."""
        pieces = list(_pieces(self._arrivals))
        much = sum(seen.record.body.size_bytes for seen in self._arrivals) >= SHARED_FROM_BYTES
        for readings in in_forks(self.read, pieces, is_large=much):
            yield from readings

    def read(self, piece: range) -> list[Reading]:
        """The readings of one piece."""
        clean: set[tuple[bytes, str]] = set()
        return [self._read(self._arrivals[place].record, clean) for place in piece]

    def _read(self, arrival: Arrival, clean: set[tuple[bytes, str]]) -> Reading:
        contents = contents_of(arrival)
        exact = self._amounts.payments(contents.amounts)
        by_lineage = self._traced.get(arrival.body.sha256, ())
        payments = tuple(dict.fromkeys([*exact, *by_lineage]))
        persons = {self._payments[payment].payer.id for payment in payments}
        leaks: list[Leak] = []
        about = windows = 0
        for place in places(arrival):
            if place in clean:
                continue  # What is the same for several payloads is about none of their persons.
            seen = _search(self._index, *place, persons)
            leaks += seen.leaks
            about += seen.about
            windows += seen.windows
            if not seen.leaks and len(place[0]) <= _REPEATED_BYTES_MAX:
                clean.add(place)
        if not is_kept(arrival.body):
            why = f"a body of {arrival.body.size_bytes} bytes, too large to be kept"
            leaks.append(Leak("", UNREADABLE, "-", "unsearched", "body", (), why))
        return Reading(
            exact=tuple(exact),
            payments=payments,
            tokens=contents.tokens,
            values=contents.values,
            leaks=tuple(leaks),
            about=about,
            windows=windows,
        )


def _pieces(arrivals: Sequence[Seen]) -> Iterator[range]:
    """Ranges of arrivals of about the same size."""
    start, size = 0, 0
    for place, seen in enumerate(arrivals):
        size += seen.record.body.size_bytes + _REPEATED_BYTES_MAX
        if size >= PIECE_BYTES:
            yield range(start, place + 1)
            start, size = place + 1, 0
    if start < len(arrivals):
        yield range(start, len(arrivals))


class _Amounts:
    """Payments by their amounts."""

    def __init__(self, payments: Mapping[str, Payment]) -> None:
        self._by_minor: dict[int, str | None] = {}
        for payment in payments.values():
            known = payment.amount_minor in self._by_minor
            self._by_minor[payment.amount_minor] = None if known else payment.id

    def payments(self, amounts: Sequence[tuple[int, ...]]) -> list[str]:
        """Those whose amount is among these, in their order; an amount that two payments share
        proves nothing and is left out."""
        found: dict[str, None] = {}
        for written in amounts:
            meant = [self._by_minor[each] for each in written if each in self._by_minor]
            if len(meant) == 1 and meant[0] is not None:
                found[meant[0]] = None
        return list(found)


def places(arrival: Arrival) -> Iterator[tuple[bytes, str]]:
    """Everywhere in an arrival that something can stand, with the name that reports give it."""
    yield bytes_of(arrival.body), "body"
    yield f"{arrival.recipient}{arrival.path}?{arrival.query}".encode(), "path"
    yield arrival.method.encode(), "method"
    yield "\n".join(arrival.headers).encode(), "names of the headers"
    for name, value in arrival.headers.items():
        yield value.encode(), f"header {name}"


def _search(index: PlantedIndex, data: bytes, where: str, persons: set[str]) -> Searched:
    try:
        return index.search(data, where, persons)
    except PeelingStopped as stopped:
        unread = Leak("", UNREADABLE, "-", "unsearched", where, (), str(stopped))
        return Searched((unread,), 0, 0)
