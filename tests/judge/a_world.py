"""A small world written by hand: a journal in which one platform does, or fails to do, what it
should.

Every entry is one second after the one before, in both times, so that positions and delays can be
read off the sequence numbers.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from scenarios.traffic import Payment, Route, Traffic, payment_to_json
from simulator.journal import records as rec
from simulator.journal.entry import GENESIS, Entry, seal
from simulator.journal.events.authorization import AuthorizationGranted
from simulator.journal.events.declaration import (
    DeclarationAccepted,
    DeclarationReceived,
    DeclaredFieldSeen,
)
from simulator.journal.events.feed import FeedTaken
from simulator.journal.events.lineage import LineageItem, LineageRecorded
from simulator.journal.events.notice import NoticeIssued
from simulator.journal.events.registration import PlatformRegistered
from simulator.journal.events.transmission import (
    TransmissionAccepted,
    TransmissionAnnounced,
    TransmissionClosed,
)

START = datetime(2023, 6, 1, 9, tzinfo=UTC)
PLATFORM = "reg-1"
AUTHORIZATION = "aut-1"
RECIPIENT, COUNTRY = "acquirer-sg", "SG"
FIELDS = tuple(
    DeclaredFieldSeen(name, category, "keyed_token")
    for name, category in (("merchant_name", "E04"), ("id_token", "M01"), ("amount", "M02"))
)


def body(text: str) -> rec.Body:
    raw = text.encode()
    return rec.Body(hashlib.sha256(raw).hexdigest(), len(raw), text)


class AWorld:
    """Appends records as the simulator would; the methods are what a platform and its world do."""

    def __init__(
        self,
        *,
        callback: bool = True,
        limits: dict[str, float] | None = None,
        stories: tuple[str, ...] = ("a_story",),
    ) -> None:
        self.entries: list[Entry] = []
        self.traffic = Traffic(7)
        self.transmissions = 0
        self.add(
            rec.Opened("main", 7, START, "r2022", 1.0, "key", {}),
        )
        registered = PlatformRegistered(
            PLATFORM,
            self.traffic.uscc,
            "a platform",
            "key-1",
            "public",
            "http://127.0.0.1:1/notices" if callback else None,
            self.now,
        )
        self.exchange("register", events=(registered,))
        run: dict[str, Any] = {"seed": 7, "limits": limits or {}, "stories": list(stories)}
        run |= {"complete": True, "platform": "a platform"}
        self.add(rec.Staged("run_started", None, run))
        self.add(rec.Staged("story_started", "a_story"))

    @property
    def now(self) -> datetime:
        """The time of the entry that comes next."""
        return START + timedelta(seconds=len(self.entries) + 1)

    def add(self, record: rec.Record) -> Entry:
        previous = self.entries[-1].digest if self.entries else GENESIS
        sequence = len(self.entries) + 1
        entry = seal(previous, sequence, record, self.now, self.now, "00" * 16)
        self.entries.append(entry)
        return entry

    def exchange(self, operation: str, *, events: tuple[Any, ...] = (), **changes: Any) -> Entry:
        values: dict[str, Any] = {
            "operation": operation,
            "platform": PLATFORM,
            "method": "POST",
            "path": "/main/v1/x",
            "query": "",
            "headers": {},
            "body": body("{}"),
            "received_at": self.now,
            "status": 200,
            "answer": {},
            "refusal": None,
        }
        return self.add(rec.Exchange(**(values | changes), events=events))

    def decide(self, *events: Any) -> Entry:
        return self.add(rec.Decided("tester", "order", events))

    def end(self) -> None:
        self.add(rec.Staged("story_ended", "a_story"))
        self.add(rec.Staged("run_ended"))

    # What the regulator is told, and decides.

    def declare(self) -> None:
        until = START + timedelta(days=365)
        received = DeclarationReceived(
            "dcl-1",
            PLATFORM,
            FIELDS,
            "settlement",
            "contract",
            RECIPIENT,
            COUNTRY,
            1000,
            10,
            START,
            until,
            self.now,
            None,
        )
        accepted = DeclarationAccepted("dcl-1", AUTHORIZATION, self.now)
        self.exchange("declare", events=(received, accepted, self.granted(version=1)))

    def granted(
        self, *, version: int, quota: int = 1000, until: datetime | None = None
    ) -> AuthorizationGranted:
        return AuthorizationGranted(
            AUTHORIZATION,
            version,
            PLATFORM,
            "dcl-1",
            FIELDS,
            "settlement",
            RECIPIENT,
            COUNTRY,
            quota,
            START,
            until or START + timedelta(days=365),
            "signature",
            self.now,
        )

    def notice(self, id: str, type: str, subject: str, **data: Any) -> NoticeIssued:
        return NoticeIssued(id, PLATFORM, 1, type, subject, self.now, data)

    def deliver(
        self, notice: str, *, status: int = 200, fault: str | None = None, forged: bool = False
    ) -> Entry:
        url = "http://127.0.0.1:1"
        return self.add(
            rec.Delivery(notice, 1, url, self.now, self.now, status, None, fault, forged=forged)
        )

    def announce(self, *, accepted: bool = True) -> str:
        self.transmissions += 1
        id = f"trm-{self.transmissions}"
        events: list[Any] = [
            TransmissionAnnounced(
                id,
                PLATFORM,
                AUTHORIZATION,
                1,
                ("M02",),
                "settlement",
                RECIPIENT,
                COUNTRY,
                1,
                self.now,
                None,
            )
        ]
        if accepted:
            events.append(TransmissionAccepted(id, self.now))
        self.exchange("announce", events=tuple(events), idempotency_key=f"announce-{id}")
        return id

    def feed(self, id: str, *kinds: str, payload: str | None = None, size: int = 1) -> None:
        events = tuple(
            FeedTaken(
                id,
                number,
                f"transmission.{kind}",
                0 if kind == "started" else 1,
                0 if kind == "started" else size,
                payload if kind == "progressed" else None,
                ("M02",),
                RECIPIENT,
                COUNTRY,
                self.now,
            )
            for number, kind in enumerate(kinds, start=1)
        )
        self.exchange("feed", events=events)

    def close(self, id: str, *payloads: str, size: int = 0) -> None:
        closed = TransmissionClosed(id, "completed", len(payloads), size, payloads, self.now)
        self.exchange("close", events=(closed,), idempotency_key=f"close-{id}")

    def trace(self, id: str, payload: str, source: str) -> None:
        item = LineageItem(payload, source, "1", id, RECIPIENT, COUNTRY, ("M02",), self.now)
        self.exchange("record_lineage", events=(LineageRecorded(PLATFORM, (item,), self.now),))

    # What merchants ask for, and what arrives abroad.

    def payment(self, **changes: Any) -> Payment:
        values: dict[str, Any] = {
            "merchants": self.traffic.merchants(3),
            "payers": self.traffic.people(3),
            "routes": (Route(RECIPIENT, COUNTRY),),
        }
        return next(self.traffic.payments(1, **(values | changes)))

    def ask(self, payment: Payment, *, outcome: str = "accepted", story: str = "a_story") -> Entry:
        return self.add(
            rec.Asked(
                payment_to_json(payment),
                story,
                self.now,
                self.now,
                202,
                "",
                outcome,
                f"source-{payment.id}",
            )
        )

    def arrive(
        self,
        text: str,
        *,
        recipient: str = RECIPIENT,
        headers: dict[str, str] | None = None,
        status: int = 200,
    ) -> str:
        """A payload arrives; its digest."""
        content = body(text)
        self.add(
            rec.Arrival(recipient, "POST", "/in", "", headers or {}, content, self.now, status)
        )
        return content.sha256

    def send(self, payment: Payment) -> str:
        """Everything that an honest platform does with one payment; the digest of the payload."""
        id = self.announce()
        self.feed(id, "started")
        text = f'{{"amount": "{payment.amount}", "reference": "{id}"}}'
        digest = self.arrive(text)
        self.feed(id, "started", "progressed", "ended", payload=digest, size=len(text))
        self.close(id, digest, size=len(text))
        self.trace(id, digest, f"source-{payment.id}")
        return digest
