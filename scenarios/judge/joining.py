"""Which transmission and which payments a payload belongs to, without knowing the platform's
format.

Honest desensitisation removes the identifiers that would make it easy, so the join is graded: by a
digest that the platform told and that equals what arrived, by planted lawful values, or by being
alone in its window.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from scenarios.judge.contents import bytes_of, is_kept
from scenarios.judge.dossiers import Grade, Moment
from scenarios.judge.evidence import Evidence, Seen, Sent
from scenarios.judge.reading import Reading
from simulator.journal.records import Arrival, Body

_OF_TOKEN_REQUEST = frozenset({"grant_type", "client_id", "client_secret", "scope"})


def asks_only(arrival: Arrival) -> bool:
    """Whether it brings nothing: no body, or the form by which a client asks for its token."""
    if arrival.body.size_bytes == 0:
        return True
    data = bytes_of(arrival.body)
    if b"client_credentials" not in data:
        return False
    try:
        form = dict(parse_qsl(data.decode(), keep_blank_values=True))
    except UnicodeDecodeError:
        return False
    grant = form.get("grant_type") == "client_credentials"
    return grant and arrival.method == "POST" and form.keys() <= _OF_TOKEN_REQUEST


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
    values: tuple[str, ...]
    """Long values in it, as `Contents` has them."""
    asks_only: bool
    """It brings nothing."""

    @property
    def at(self) -> Moment:
        return self.seen.at

    @property
    def began_only(self) -> bool:
        """It broke off, and came whole later."""
        return self.repeats is not None and self.repeats > self.at.sequence


class Joiner:
    """Joins every arrival of a run."""

    def __init__(self, evidence: Evidence, ids: dict[str, str]) -> None:
        """`ids` maps the platform's own payment ids to the merchants'."""
        self.evidence = evidence
        self.told = _told_digests(evidence)
        self.transmission_of_source = {
            facts.source: facts.transmission for _, facts in evidence.lineage
        }
        self.source_of_payment = {payment: source for source, payment in ids.items()}
        told_transmissions = {id for ids in self.told.values() for id in ids}
        untold = (
            sent
            for id, sent in evidence.transmissions.items()
            if id not in told_transmissions or not evidence.watched(sent.announced, sent.story)
        )
        self.untold = Untold(untold)
        self.sent_to: dict[str, list[Sent]] = defaultdict(list)
        for sent in evidence.transmissions.values():
            self.sent_to[sent.event.recipient].append(sent)
        self.arrived_at: dict[str, list[Seen]] = defaultdict(list)
        for seen in evidence.arrivals:
            self.arrived_at[seen.record.recipient].append(seen)

    def join_all(self, readings: Iterable[Reading]) -> Iterator[tuple[Joined, Reading]]:
        """Every arrival in order, with what was read in it."""
        first: dict[tuple[str, str], Seen] = {}
        transmission_of: dict[int, str | None] = {}
        for seen, reading in zip(self.evidence.arrivals, readings, strict=True):
            arrival: Arrival = seen.record
            key = (arrival.recipient, arrival.body.sha256)
            earlier = first.get(key)
            repeats = earlier.at.sequence if earlier and _repeats(arrival, earlier.record) else None
            if _broke_off(arrival):
                repeats = self.finished_by(seen)
            one = self.join(seen, reading, repeats)
            if repeats is not None and self.another_told(one, transmission_of.get(repeats)):
                one = replace(one, repeats=None)
            transmission_of[seen.at.sequence] = one.transmission
            if earlier is None or not _answered(earlier.record):
                first[key] = seen
            yield one, reading

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
        for seen in self.arrived_at[broken.record.recipient]:
            whole = seen.at > broken.at and not _broke_off(seen.record)
            if whole and bytes_of(seen.record.body).startswith(begun):
                return seen.at.sequence
        return None

    def was_permitted(self, seen: Seen) -> bool:
        """Whether a transmission to that recipient was open and had been told to have started."""
        return any(
            sent.open_at(seen.at)
            and any(
                event.type == "transmission.started" and at < seen.at for at, event in sent.feed
            )
            for sent in self.sent_to[seen.record.recipient]
        )

    def join(self, seen: Seen, reading: Reading, repeats: int | None) -> Joined:
        arrival: Arrival = seen.record
        transmission, grade = self.transmission_for(seen.at, arrival, reading.payments)
        payments = self.evidence.payments
        return Joined(
            seen=replace(seen, record=None),
            arrival=_without_bytes(arrival),
            grade=grade,
            transmission=transmission,
            # By the very ids of the payments: others, read elsewhere, would be kept beside them.
            payments=tuple([payments[id].id for id in reading.payments]),
            exact=frozenset([payments[id].id for id in reading.exact]),
            repeats=repeats,
            values=reading.values,
            asks_only=asks_only(arrival),
        )

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
        candidates = self.untold.open_at(at, arrival.recipient)
        if not candidates:
            return self.untold.waiting_at(at, arrival.recipient), Grade.NONE
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


class Untold:
    """The transmissions for which the platform told of no payload, or of which it may yet have told
    more when the run broke off; to be asked in journal order."""

    def __init__(self, transmissions: Iterable[Sent]) -> None:
        self._opening: list[tuple[Moment, Sent]] = []
        self._waiting: dict[str, list[Sent]] = defaultdict(list)
        for sent in transmissions:
            if sent.accepted is not None:
                self._opening.append((sent.accepted, sent))
            if sent.accepted is None or sent.announced < sent.accepted:
                self._waiting[sent.event.recipient].append(sent)
        self._opening.sort(key=lambda opening: opening[0], reverse=True)
        self._open: dict[str, list[Sent]] = defaultdict(list)

    def open_at(self, at: Moment, recipient: str) -> list[Sent]:
        """Those to that recipient that were open; `at` never goes back."""
        while self._opening and self._opening[-1][0] < at:
            _, sent = self._opening.pop()
            self._open[sent.event.recipient].append(sent)
        still = [sent for sent in self._open[recipient] if sent.open_at(at)]
        self._open[recipient] = still
        return still

    def waiting_at(self, at: Moment, recipient: str) -> str | None:
        """One that was announced and not yet accepted: it permits nothing, but it is what the
        platform sent under."""
        for sent in self._waiting[recipient]:
            if sent.announced < at and (sent.accepted is None or at < sent.accepted):
                return sent.event.id
        return None


def _without_bytes(arrival: Arrival) -> Arrival:
    """What is asked of it later: bytes are read once, and there may be many."""
    body = Body(arrival.body.sha256, arrival.body.size_bytes)
    return replace(arrival, headers={}, body=body)


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
    for payload, facts in evidence.lineage:
        if facts.transmission in evidence.transmissions:
            told[payload].setdefault(facts.transmission)
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
