"""Which transmission and which payments a payload belongs to, without knowing the platform's
format.

Honest desensitisation removes the identifiers that would make it easy, so the join is graded: by a
digest that the platform told and that equals what arrived, by planted lawful values, or by being
alone in its window.
"""

import base64
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import parse_qsl

from scenarios.judge.dossiers import Grade, Moment
from scenarios.judge.evidence import Evidence, Seen, Sent
from scenarios.judge.peeling import PeelingStopped, peel
from scenarios.traffic import Payment
from simulator.journal.records import Arrival, Body

_NUMBER = re.compile(
    r"(?:(?<![0-9A-Za-z.,])|(?<=(?<![0-9A-Za-z])[A-Z]{3}))"
    r"(\d[\d,]{3,}(?:\.\d{1,4})?|\d{1,3}(?:\.\d{3})+,\d{1,4})"
    r"(?=$|[^0-9A-Za-z]|[A-Z]{3}(?![0-9A-Za-z]))"
)
"""A number on its own, or beside the three letters of its currency; thousands may be set apart by
commas, or by points where a comma stands before the minor units."""


def bytes_of(body: Body) -> bytes:
    """The bytes as they were on the wire; empty when the journal kept only their digest."""
    if body.text is not None:
        return body.text.encode()
    return base64.b64decode(body.base64) if body.base64 else b""


_OF_TOKEN_REQUEST = frozenset({"grant_type", "client_id", "client_secret", "scope"})


def asks_only(arrival: Arrival) -> bool:
    """Whether it brings nothing: no body, or the form by which a client asks for its token."""
    if arrival.body.size_bytes == 0:
        return True
    form = dict(parse_qsl(arrival.body.text or "", keep_blank_values=True))
    grant = form.get("grant_type") == "client_credentials"
    return grant and arrival.method == "POST" and form.keys() <= _OF_TOKEN_REQUEST


def is_kept(body: Body) -> bool:
    """Whether the journal kept the bytes; of a body beyond the limit it has only the digest."""
    return body.text is not None or body.base64 is not None or body.size_bytes == 0


@dataclass(frozen=True, slots=True)
class Joined:
    """One arrival with what it was joined to."""

    seen: Seen
    arrival: Arrival
    grade: Grade
    transmission: str | None
    payments: tuple[str, ...]
    """Payments of the run, in the order of their amounts in the payload; then those known by
    lineage alone."""
    exact: frozenset[str]
    """Those whose exact amount stands in the payload."""
    repeats: int | None
    """Entry of the arrival that this one only repeats: the same bytes for the same recipient, under
    the same idempotency key, or because the earlier one was not answered with success. For one
    that broke off, entry of the arrival that brought the whole."""

    @property
    def at(self) -> Moment:
        return self.seen.at

    @property
    def began_only(self) -> bool:
        """It broke off, and came whole later."""
        return self.repeats is not None and self.repeats > self.at.sequence


class Joiner:
    """Joins every arrival of a run."""

    def __init__(
        self, evidence: Evidence, payments: dict[str, Payment], ids: dict[str, str]
    ) -> None:
        """`ids` maps the platform's own payment ids to the merchants'."""
        self.evidence = evidence
        self.payments_of_source = ids
        self.by_amount = _amounts(payments)
        self.told = _told_digests(evidence)
        self.sources: dict[str, list[str]] = defaultdict(list)
        self.transmission_of_source: dict[str, str] = {}
        for _, item in evidence.lineage:
            self.sources[item.payload].append(item.source)
            self.transmission_of_source[item.source] = item.transmission
        self.source_of_payment = {payment: source for source, payment in ids.items()}
        self.told_transmissions = {id for ids in self.told.values() for id in ids}

    def join_all(self) -> list[Joined]:
        first: dict[tuple[str, str], Seen] = {}
        transmission_of: dict[int, str | None] = {}
        joined = []
        for seen in self.evidence.arrivals:
            arrival: Arrival = seen.record
            key = (arrival.recipient, arrival.body.sha256)
            earlier = first.get(key)
            repeats = earlier.at.sequence if earlier and _repeats(arrival, earlier.record) else None
            if _broke_off(arrival):
                repeats = self.finished_by(seen)
            one = self.join(seen, arrival, repeats)
            if repeats is not None and self.another_told(one, transmission_of.get(repeats)):
                one = replace(one, repeats=None)
            transmission_of[seen.at.sequence] = one.transmission
            if earlier is None or not _answered(earlier.record):
                first[key] = seen
            joined.append(one)
        return joined

    def another_told(self, joined: Joined, transmission: str | None) -> bool:
        """Whether the platform told these bytes for another transmission as well: then they were
        sent under each of them."""
        return joined.grade is Grade.DIGEST and transmission not in (None, joined.transmission)

    def finished_by(self, broken: Seen) -> int | None:
        """The later arrival that brings what a broken connection had only begun to bring. What
        began while nothing permitted it is excused by no later arrival."""
        if not is_kept(broken.record.body) or not self.was_permitted(broken):
            return None
        begun = bytes_of(broken.record.body)
        for seen in self.evidence.arrivals:
            whole = seen.at > broken.at and not _broke_off(seen.record)
            same = whole and seen.record.recipient == broken.record.recipient
            if same and bytes_of(seen.record.body).startswith(begun):
                return seen.at.sequence
        return None

    def was_permitted(self, seen: Seen) -> bool:
        """Whether a transmission to that recipient was open and had been told to have started."""
        return any(
            sent.event.recipient == seen.record.recipient
            and sent.open_at(seen.at)
            and any(
                event.type == "transmission.started" and at < seen.at for at, event in sent.feed
            )
            for sent in self.evidence.transmissions.values()
        )

    def join(self, seen: Seen, arrival: Arrival, repeats: int | None) -> Joined:
        exact = self.payments_in(arrival)
        by_lineage = [
            self.payments_of_source[source]
            for source in self.sources.get(arrival.body.sha256, ())
            if source in self.payments_of_source
        ]
        payments = tuple(dict.fromkeys([*exact, *by_lineage]))
        transmission, grade = self.transmission_for(seen.at, arrival, payments)
        return Joined(seen, arrival, grade, transmission, payments, frozenset(exact), repeats)

    def payments_in(self, arrival: Arrival) -> list[str]:
        """Payments whose unique amount stands in the body, or beside it."""
        found: dict[str, None] = {}
        beside = "\n".join((arrival.path, arrival.query, *arrival.headers.values())).encode()
        try:
            for view in (view for data in (bytes_of(arrival.body), beside) for view in peel(data)):
                for token in _NUMBER.findall(view.text):
                    payment = self.by_amount.get(_number(token))
                    if payment is not None:
                        found[payment] = None
        except (
            PeelingStopped
        ):  # The search for leaks says so; what was seen until then still joins.
            pass
        return list(found)

    def transmission_for(
        self, at: Moment, arrival: Arrival, payments: tuple[str, ...]
    ) -> tuple[str | None, Grade]:
        told = self.told_for(at, arrival)
        if told is not None:
            return told, Grade.DIGEST
        for payment in payments:
            source = self.source_of_payment.get(payment, "")
            traced = self.evidence.transmissions.get(self.transmission_of_source.get(source, ""))
            if traced is not None and traced.event.recipient == arrival.recipient:
                return traced.event.id, Grade.PLANTED
        candidates = list(self.could_carry(at, arrival.recipient))
        if not candidates:
            return self.only_received(at, arrival.recipient), Grade.NONE
        if len(candidates) == 1:
            return candidates[0].event.id, Grade.ALONE
        return None, Grade.AMBIGUOUS

    def told_for(self, at: Moment, arrival: Arrival) -> str | None:
        """The transmission to this recipient for which the platform told these bytes: of several,
        the one that was open."""
        sent = [self.evidence.transmissions[id] for id in self.told.get(arrival.body.sha256, ())]
        there = [one for one in sent if one.event.recipient == arrival.recipient]
        there.sort(key=lambda one: not one.open_at(at))
        return there[0].event.id if there else None

    def could_carry(self, at: Moment, recipient: str) -> Iterator[Sent]:
        """Open transmissions to that recipient for which the platform told of no other payload."""
        for id, sent in self.evidence.transmissions.items():
            if (
                sent.event.recipient == recipient
                and sent.open_at(at)
                and id not in self.told_transmissions
            ):
                yield sent

    def only_received(self, at: Moment, recipient: str) -> str | None:
        """A transmission that was announced and not yet accepted: it permits nothing, but it is
        what the platform sent under."""
        for id, sent in self.evidence.transmissions.items():
            waits = sent.announced < at and (sent.accepted is None or at < sent.accepted)
            if waits and sent.event.recipient == recipient and id not in self.told_transmissions:
                return id
        return None


def _number(token: str) -> Decimal:
    if "." in token and token.rfind(".") < token.rfind(","):
        return Decimal(token.replace(".", "").replace(",", "."))
    return Decimal(token.replace(",", ""))


def _amounts(payments: dict[str, Payment]) -> dict[Decimal, str]:
    """Every way to write an amount as a number: minor units, and major units of two digits; an
    amount that two payments share proves nothing and is left out."""
    found: dict[Decimal, str | None] = {}
    for payment in payments.values():
        for number in {Decimal(payment.amount_minor), Decimal(payment.amount_minor) / 100}:
            found[number] = None if number in found else payment.id
    return {number: payment for number, payment in found.items() if payment is not None}


def _told_digests(evidence: Evidence) -> dict[str, list[str]]:
    """Digest of a payload to the transmissions that the platform told it for: feed, closing, then
    lineage."""
    told: dict[str, dict[str, None]] = defaultdict(dict)
    for id, sent in evidence.transmissions.items():
        for _, event in sent.feed:
            if event.payload is not None:
                told[event.payload][id] = None
        if sent.closing is not None:
            for digest in sent.closing.payloads:
                told[digest][id] = None
    for _, item in evidence.lineage:
        if item.transmission in evidence.transmissions:
            told[item.payload].setdefault(item.transmission)
    return {digest: list(ids) for digest, ids in told.items()}


def _repeats(arrival: Arrival, earlier: Arrival) -> bool:
    """Whether the same bytes came again only because the platform could not know that they had
    come."""
    key = _header(arrival, "idempotency-key")
    same_key = key != "" and key == _header(earlier, "idempotency-key")
    return same_key or not _answered(earlier)


def _broke_off(arrival: Arrival) -> bool:
    """Whether the platform's connection ended before its payload had come whole: nobody answered,
    and no fault of ours was the cause."""
    return arrival.status == 0 and arrival.fault is None


def _answered(arrival: Arrival) -> bool:
    return arrival.fault is None and 200 <= arrival.status < 300


def _header(arrival: Arrival, name: str) -> str:
    for key, value in arrival.headers.items():
        if key.lower() == name:
            return value
    return ""
