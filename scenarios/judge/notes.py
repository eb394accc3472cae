"""Writes down what the judge asks of each entry: few words, so that they travel between processes.

What grows with the payments, the merchants' accounts and lineage, means the same wherever it
stands. All else is told in the order of the journal, to whoever knows which story is being played.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Any

from scenarios.judge.contents import as_bytes
from scenarios.judge.dossiers import LineageFacts, Moment
from scenarios.judge.evidence import Submitted
from scenarios.traffic import Merchant, Payment, Person
from simulator.journal import records as rec
from simulator.journal.entry import Entry
from simulator.journal.events.lineage import LineageItem, LineageRecorded
from simulator.journal.stretches import Link
from simulator.journal.verify import GENESIS


@dataclass(slots=True)
class Notes:
    """What one stretch of a journal says."""

    before: Link
    last: Link
    """The link that it goes on from, and that of its last entry: the same where it has none."""
    asked: list[tuple[Payment, Submitted]] = field(default_factory=list)
    followed: list[tuple[str, str]] = field(default_factory=list)
    """Payments, and what was heard of them."""
    lineage: list[tuple[str, LineageFacts]] = field(default_factory=list)
    """By the digest of the payload."""
    told: list[tuple[Moment, rec.Record]] = field(default_factory=list)
    """Everything else, without lineage and without the bytes of which nobody asks."""


def notes_of(entries: Iterable[Entry], before: Link = (0, GENESIS)) -> Notes:
    """Notes of these entries, in their order, of which the first goes on from `before`."""
    writer = _Writer(Notes(before, before))
    for entry in entries:
        writer.take(entry)
    return writer.notes


_TEXTS = frozenset({"id", "currency", "recipient", "country"})
"""Fields of a payment whose values come again: in other payments, or in what is heard of it."""
_NOTHING: dict[str, str] = {}


class _Writer:
    """Keeps once what comes again and again."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self._people: dict[tuple[str, ...], Person] = {}
        self._merchants: dict[tuple[Any, ...], Merchant] = {}
        self._texts: dict[str, str] = {}
        self._categories: dict[tuple[str, ...], frozenset[str]] = {}

    def take(self, entry: Entry) -> None:
        record = entry.record
        self.notes.last = entry.sequence, entry.digest
        match record:
            case rec.Asked():
                account = self._account(_moment(entry), record)
                self.notes.asked.append((self._payment(record.payment), account))
            case rec.Followed():
                heard = self._known(record.payment), self._known(record.outcome)
                self.notes.followed.append(heard)
            case rec.Opened() | rec.Exchange() | rec.Delivery() | rec.Decided():
                at = _moment(entry)
                self.notes.told.append((at, self._without_lineage(at, record)))
            case rec.Arrival():
                arrived = replace(record, body=as_bytes(record.body))
                self.notes.told.append((_moment(entry), arrived))
            case _:
                self.notes.told.append((_moment(entry), record))

    def _account(self, at: Moment, record: rec.Asked) -> Submitted:
        id = record.platform_payment
        return Submitted(
            at=at,
            story=self._known(record.story),
            sent_at=record.sent_at.astimezone(UTC),  # One zone for all, and not one each.
            answered_at=record.answered_at.astimezone(UTC),
            outcome=self._known(record.outcome),
            platform_payment=None if id is None else self._known(id),
        )

    def _payment(self, value: dict[str, Any]) -> Payment:
        """The payment; people and merchants, who come again and again, are kept once."""
        values = dict(value)
        person, shop = tuple(value["payer"].values()), tuple(value["merchant"].values())
        if person not in self._people:
            self._people[person] = Person(**value["payer"])
        if shop not in self._merchants:
            self._merchants[shop] = Merchant(**value["merchant"])
        values["payer"], values["merchant"] = self._people[person], self._merchants[shop]
        for name in _TEXTS.intersection(values):
            values[name] = self._known(values[name])
        if not values.get("extra"):
            values["extra"] = _NOTHING
        return Payment(**values)

    def _without_lineage(self, at: Moment, record: Any) -> Any:
        """The record with its other events, and without what only the regulator had to know."""
        others = []
        for event in record.events:
            if isinstance(event, LineageRecorded):
                self._take_lineage(at, event.items)
            else:
                others.append(event)
        if isinstance(record, rec.Exchange):
            body = record.body if record.refusal is not None else replace(record.body, text=None)
            return replace(record, headers={}, answer=None, body=body, events=tuple(others))
        return replace(record, events=tuple(others))

    def _take_lineage(self, at: Moment, items: Iterable[LineageItem]) -> None:
        for item in items:
            facts = LineageFacts(
                at=at,
                source=self._known(item.source),
                transmission=self._known(item.transmission),
                recipient=self._known(item.recipient),
                country=self._known(item.country),
                rule_version=self._known(item.rule_version),
                categories=self._categories.setdefault(item.categories, frozenset(item.categories)),
            )
            self.notes.lineage.append((self._known(item.payload), facts))

    def _known(self, text: str) -> str:
        """The same text, kept once."""
        return self._texts.setdefault(text, text)


def _moment(entry: Entry) -> Moment:
    return Moment(entry.sequence, entry.wall_at, entry.sandbox_at)
