"""An honest journal of any size, made in one go and without a server: merchants ask, payments leave
in batches, the regulator is told of each batch and of the origin of every record in it.

The same arguments give the same bytes. Messages look as the reference platform writes them; that a
payload carries many payments is how a platform of this size would send.
"""

import hashlib
import hmac
import itertools
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

from scenarios.traffic import Payment, Route, Traffic, payment_to_json
from simulator.journal import records as rec
from simulator.journal.entry import GENESIS, Entry, seal
from simulator.journal.events import Event
from simulator.journal.events.authorization import AuthorizationGranted
from simulator.journal.events.declaration import (
    DeclarationAccepted,
    DeclarationReceived,
    DeclaredFieldSeen,
)
from simulator.journal.events.feed import FeedTaken
from simulator.journal.events.lineage import LineageItem, LineageRecorded
from simulator.journal.events.registration import PlatformRegistered
from simulator.journal.events.transmission import (
    TransmissionAccepted,
    TransmissionAnnounced,
    TransmissionClosed,
)

STORY = "load"
STARTS_AT = datetime(2023, 6, 1, tzinfo=UTC)
WALL = datetime(2026, 3, 2, 8, tzinfo=UTC)
STEP = timedelta(milliseconds=2)
"""From one entry to the next."""

PLATFORM = "reg-1"
PURPOSE = "settlement of cross-border payments"
ROUTES = (Route("acquirer-sg", "SG"), Route("acquirer-th", "TH"))
FIELDS = (
    DeclaredFieldSeen("reference", "E03", "keyed_token"),
    DeclaredFieldSeen("merchant", "E04", "none"),
    DeclaredFieldSeen("currency", "E05", "none"),
    DeclaredFieldSeen("id_token", "M01", "keyed_token"),
    DeclaredFieldSeen("amount", "M02", "none"),
    DeclaredFieldSeen("mobile_token", "M03", "keyed_token"),
)
CATEGORIES = tuple(field.category for field in FIELDS)
DOMESTIC_SHARE = 0.05
QUOTA = 10_000_000_000


class Step(NamedTuple):
    """What happened at one moment, by the clock of the witness."""

    at: datetime
    record: rec.Record


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made, and from which seed."""

    payments: int
    batch: int = 100
    """Payments that one payload carries."""
    people: int = 500
    """Payers; the load tests have as many."""
    seed: int = 1


def honest_journal(size: Size) -> Iterator[Entry]:
    """The entries, one after the other; nothing is kept."""
    return sealed(happenings(size), size.seed)


def sealed(steps: Iterable[Step], seed: int = 1) -> Iterator[Entry]:
    """The steps as the entries of a journal, chained."""
    salts = random.Random(f"{seed}/salts")
    digest = GENESIS
    for sequence, step in enumerate(steps, start=1):
        sandbox_at = STARTS_AT + (step.at - WALL)
        salt = f"{salts.getrandbits(128):032x}"
        entry = seal(digest, sequence, step.record, step.at, sandbox_at, salt)
        digest = entry.digest
        yield entry


def happenings(size: Size) -> Iterator[Step]:
    """What the witnesses see of a platform that does everything right, from first to last."""
    return _Platform(size).live()


class _Platform:
    """The platform, the regulator and the recipients in one: each method is a part of the story."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.traffic = Traffic(size.seed)
        self.now = WALL
        self._transmissions = itertools.count(1)
        self._nonces = itertools.count(1)
        self.token = cache(self._token)

    def live(self) -> Iterator[Step]:
        yield from self.begin()
        waiting: dict[str, list[Payment]] = {route.recipient: [] for route in ROUTES}
        payments = self.traffic.payments(
            self.size.payments,
            payers=self.traffic.people(self.size.people),
            routes=ROUTES,
            domestic_share=DOMESTIC_SHARE,
        )
        for payment in payments:
            yield self.ask(payment)
            if payment.recipient is None:
                yield self.follow(payment)
                continue
            batch = waiting[payment.recipient]
            batch.append(payment)
            if len(batch) == self.size.batch:
                yield from self.send(batch)
                batch.clear()
        for batch in waiting.values():
            if batch:
                yield from self.send(batch)
        yield self.mark("story_ended", STORY)
        yield self.mark("run_ended")

    def step(self, record: rec.Record) -> Step:
        self.now += STEP
        return Step(self.now, record)

    @property
    def sandbox_now(self) -> datetime:
        return STARTS_AT + (self.now - WALL)

    # The run begins, and the platform declares.

    def begin(self) -> Iterator[Step]:
        yield self.step(rec.Opened("main", self.size.seed, STARTS_AT, "r2022", 1.0, "key", {}))
        registered = PlatformRegistered(
            PLATFORM, self.traffic.uscc, "a platform", "key-1", "public", None, self.sandbox_now
        )
        yield self.exchange("register", "/registrations", {}, registered)
        facts: dict[str, Any] = {"seed": self.size.seed, "platform": "an honest platform"}
        facts |= {"stories": [STORY], "requirements": None, "complete": False, "limits": {}}
        yield self.mark("run_started", **facts)
        yield self.mark("story_started", STORY)
        yield self.mark("baseline", STORY, sound=True)
        for number, route in enumerate(ROUTES, start=1):
            yield self.declare(number, route)

    def mark(self, mark: str, story: str | None = None, **facts: Any) -> Step:
        return self.step(rec.Staged(mark, story, facts))

    def declare(self, number: int, route: Route) -> Step:
        now, until = self.sandbox_now, STARTS_AT + timedelta(days=365)
        declaration, authorization = f"dcl-{number}", f"aut-{route.recipient}"
        received = DeclarationReceived(
            id=declaration,
            platform=PLATFORM,
            fields=FIELDS,
            purpose=PURPOSE,
            legal_basis="PIPL art. 13(1)(2)",
            recipient=route.recipient,
            country=route.country,
            records=QUOTA,
            persons=self.size.people,
            valid_from=STARTS_AT,
            valid_until=until,
            at=now,
            decide_at=None,
        )
        granted = AuthorizationGranted(
            id=authorization,
            version=1,
            platform=PLATFORM,
            declaration=declaration,
            fields=FIELDS,
            purpose=PURPOSE,
            recipient=route.recipient,
            country=route.country,
            quota_records=QUOTA,
            valid_from=STARTS_AT,
            valid_until=until,
            signature="signature",
            at=now,
        )
        accepted = DeclarationAccepted(declaration, authorization, now)
        return self.exchange("declare", "/declarations", {}, received, accepted, granted)

    # Merchants ask, and ask again.

    def ask(self, payment: Payment) -> Step:
        source = source_of(payment)
        answer = json.dumps({"payment_id": source, "status": "accepted"}, separators=(",", ":"))
        return self.step(
            rec.Asked(
                payment=payment_to_json(payment),
                story=STORY,
                sent_at=self.now,
                answered_at=self.now + STEP / 2,
                status=202,
                answer=answer,
                outcome="accepted",
                platform_payment=source,
            )
        )

    def follow(self, payment: Payment) -> Step:
        return self.step(rec.Followed(payment.id, "settled", self.now))

    # A batch leaves.

    def send(self, batch: Sequence[Payment]) -> Iterator[Step]:
        """Everything that must be told about one payload, in the order in which it must be told."""
        id = f"trm-{next(self._transmissions)}"
        [(recipient, country)] = {(payment.recipient, payment.country) for payment in batch}
        assert recipient is not None
        assert country is not None
        text = _compact({"settlements": [self.record(payment) for payment in batch]})
        payload = body(text)
        yield self.announce(id, recipient, country, len(batch))
        yield self.feed(id, recipient, country, [("started", 1, 0, 0, None)])
        yield self.arrive(id, recipient, payload)
        told = (len(batch), payload.size_bytes)
        lines = [("progressed", 2, *told, payload.sha256), ("ended", 3, *told, None)]
        yield self.feed(id, recipient, country, lines)
        yield self.close(id, *told, payload.sha256)
        yield self.trace(id, recipient, country, payload.sha256, batch)
        for payment in batch:
            yield self.follow(payment)

    def record(self, payment: Payment) -> dict[str, Any]:
        """The settlement of one payment: what the declared categories allow."""
        merchant, payer, recipient = payment.merchant, payment.payer, payment.recipient or ""
        return {
            "amount": payment.amount,
            "currency": payment.currency,
            "merchant": {
                "country": merchant.country,
                "id": merchant.id,
                "mcc": merchant.mcc,
                "name": merchant.name,
            },
            "payer": {
                "id_last4": payer.resident_id[-4:],
                "id_token": self.token(payer.resident_id, recipient),
                "mobile_last4": payer.mobile[-4:],
                "mobile_token": self.token(payer.mobile, recipient),
            },
            "reference": hmac.digest(b"order", payment.id.encode(), "sha256").hex()[:32],
            "time_hour": f"{self.now:%Y-%m-%dT%H}",
        }

    def _token(self, value: str, recipient: str) -> str:
        made = HMAC(f"key of {recipient}".encode(), SM3())
        made.update(value.encode())
        return made.finalize().hex()

    def announce(self, id: str, recipient: str, country: str, records: int) -> Step:
        now = self.sandbox_now
        told = {"authorization": f"aut-{recipient}", "authorization_version": 1}
        told |= {"categories": CATEGORIES, "purpose": PURPOSE, "recipient": recipient}
        told |= {"country": country, "records": records}
        announced = TransmissionAnnounced(
            id=id,
            platform=PLATFORM,
            authorization=f"aut-{recipient}",
            authorization_version=1,
            categories=CATEGORIES,
            purpose=PURPOSE,
            recipient=recipient,
            country=country,
            records=records,
            at=now,
            decide_at=now,
        )
        accepted = TransmissionAccepted(id, now)
        key = f"announce-{id}"
        return self.exchange("announce", "/transmissions", told, announced, accepted, key=key)

    def feed(
        self,
        id: str,
        recipient: str,
        country: str,
        lines: Sequence[tuple[str, int, int, int, str | None]],
    ) -> Step:
        """One body of the feed; a line is its type, number, records, bytes and payload."""
        events = [
            FeedTaken(
                transmission=id,
                sequence=number,
                type=f"transmission.{type}",
                records=records,
                bytes=size,
                payload=payload,
                categories=CATEGORIES,
                recipient=recipient,
                country=country,
                at=self.sandbox_now,
            )
            for type, number, records, size, payload in lines
        ]
        told = [
            {"id": f"{id}-{event.sequence}", "type": event.type, "data": {"payload": event.payload}}
            for event in events
        ]
        return self.exchange("feed", "/feed", told, *events, key=f"feed-{id}-{lines[0][1]}")

    def arrive(self, id: str, recipient: str, payload: rec.Body) -> Step:
        headers = {
            "accept": "*/*",
            "content-length": str(payload.size_bytes),
            "content-type": "application/json",
            "host": "127.0.0.1:8900",
            "idempotency-key": hashlib.sha256(id.encode()).hexdigest()[:32],
            "user-agent": "reference-platform",
        }
        return self.step(
            rec.Arrival(recipient, "POST", "/settlements", "", headers, payload, self.now, 200)
        )

    def close(self, id: str, records: int, size: int, payload: str) -> Step:
        told = {"outcome": "completed", "records": records, "bytes": size, "payloads": [payload]}
        closed = TransmissionClosed(id, "completed", records, size, (payload,), self.sandbox_now)
        path = f"/transmissions/{id}/closing"
        return self.exchange("close", path, told, closed, key=f"close-{id}")

    def trace(
        self, id: str, recipient: str, country: str, payload: str, batch: Sequence[Payment]
    ) -> Step:
        items = tuple(
            LineageItem(
                payload=payload,
                source=source_of(payment),
                rule_version="2023-06/1",
                transmission=id,
                recipient=recipient,
                country=country,
                categories=CATEGORIES,
                sent_at=self.now,
            )
            for payment in batch
        )
        told = [
            {
                "payload": payload,
                "source": item.source,
                "rule_version": item.rule_version,
                "transmission": id,
                "recipient": recipient,
                "country": country,
                "categories": CATEGORIES,
                "sent_at": item.sent_at.isoformat(),
            }
            for item in items
        ]
        recorded = LineageRecorded(PLATFORM, items, self.sandbox_now)
        return self.exchange(
            "record_lineage", "/lineage", {"items": told}, recorded, key=f"lineage-{id}"
        )

    def exchange(
        self, operation: str, path: str, told: Any, *events: Event, key: str | None = None
    ) -> Step:
        """One request to the regulator that was taken."""
        sent = body(_compact(told))
        nonce = f"nonce-{next(self._nonces):08d}"
        headers = {
            "content-length": str(sent.size_bytes),
            "content-type": "application/json",
            "host": "127.0.0.1:8900",
            "signature": "reinspect=:" + "h7ZYIZSXLd6dmEBH" * 5 + ":",
            "signature-input": f'reinspect=("@method");created=1;keyid="key-1";nonce="{nonce}"',
            "user-agent": "reference-platform",
        }
        return self.step(
            rec.Exchange(
                operation=operation,
                platform=None if operation == "register" else PLATFORM,
                method="POST",
                path=f"/main/v1{path}",
                query="",
                headers=headers,
                body=sent,
                received_at=self.now,
                status=200,
                answer={},
                refusal=None,
                idempotency_key=key,
                events=events,
            )
        )


def source_of(payment: Payment) -> str:
    """The platform's own id of the payment."""
    return f"own-{hashlib.md5(payment.id.encode(), usedforsecurity=False).hexdigest()}"


def body(text: str) -> rec.Body:
    """The text as it is on the wire."""
    raw = text.encode()
    return rec.Body(hashlib.sha256(raw).hexdigest(), len(raw), text)


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
