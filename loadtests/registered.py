"""A platform that is registered with the regulator of a sandbox of its own, so that what it feeds
never mixes with the platform under test: it announces, feeds, closes and traces, all of it signed.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from loadtests.open_loop import Clock
from loadtests.outgoing import Answer, Ask, Request
from loadtests.tally import Tally
from scenarios.traffic import Traffic
from simulator.clock import wall_now
from simulator.messages.declaration import DeclarationRequest, DeclaredField
from simulator.messages.feed import FeedData, FeedEvent, FeedType
from simulator.messages.lineage import LineageEntry, LineageRequest
from simulator.messages.registration import RegistrationRequest, SigningKey
from simulator.messages.signature import sign
from simulator.messages.transmission import ClosingRequest, TransmissionRequest

NAME = "Load Pay"
PURPOSE = "settlement of cross-border payments"
RECIPIENT, COUNTRY = "acquirer-sg", "SG"
CATEGORIES = ("M01", "M02", "M03")
PERIOD = ("2023-06-01T00:00:00Z", "2024-06-01T00:00:00Z")
"""A year of sandbox time, from the moment at which a sandbox begins."""
QUOTA_RECORDS = 10_000_000_000
PAYLOAD_BYTES = 412
"""A settlement instruction has about this size."""
NDJSON = "application/x-ndjson"
JSON = "application/json"

UNREADABLE = "an answer that cannot be read"

ANNOUNCE, FEED, CLOSE, LINEAGE = "announce", "feed", "close", "lineage"
DECLARE, NOTICES, ACKNOWLEDGE = "declare", "notices", "acknowledge"
TRANSMISSION = "transmission"
"""All of them, from the announcement to the answer to the lineage."""
OPERATIONS = (DECLARE, NOTICES, ACKNOWLEDGE, ANNOUNCE, FEED, CLOSE, LINEAGE, TRANSMISSION)
DECLARE_EVERY = 10
"""Before every so manieth transmission something else is declared, and the notices of it are read
and acknowledged."""
RULE_VERSION = "load-1"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the regulator gave the platform: a key's name and an authorization."""

    regulator: str
    """Base address, `http://host:port/sandbox/v1`."""
    key_id: str
    authorization: str
    authorization_version: int


class Connection:
    """Signs what the platform sends to its regulator. Nonces count up under the connection's name,
    so each needs a name of its own."""

    def __init__(self, regulator: str, *, seed: int, key_id: str, name: str) -> None:
        self._regulator = regulator
        self._key = key_of(seed)
        self._key_id = key_id
        self._name = name
        self._nonces = 0

    def request(
        self, method: str, path: str, body: bytes, *, media_type: str = JSON, key: str | None = None
    ) -> Request:
        """A signed request; `key` is its idempotency key."""
        self._nonces += 1
        headers = {"Content-Type": media_type} if body else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        url = self._regulator + path
        signed = sign(
            method=method,
            url=url,
            headers=headers,
            body=body,
            key=self._key,
            key_id=self._key_id,
            nonce=f"{self._name}-{self._nonces}",
            created=wall_now(),
        )
        return Request(method, url, signed, body)


def key_of(seed: int) -> Ed25519PrivateKey:
    """The key of the seed, which protects nothing: the sandbox ends with the load."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{seed}/key".encode()).digest())


def registration(seed: int, passcode: str) -> bytes:
    """The registration, without a callback: it has nothing to be told."""
    public = key_of(seed).public_key().public_bytes_raw()
    return (
        RegistrationRequest(
            passcode=passcode,
            uscc=Traffic(seed).uscc,
            name=NAME,
            key=SigningKey(public_key=base64.b64encode(public).decode()),
        )
        .model_dump_json()
        .encode()
    )


def declaration(recipient: str = RECIPIENT) -> bytes:
    """The declaration of everything that the load will send to a recipient."""
    fields = (
        DeclaredField(name="id_last4", category="M01", desensitisation="last_four"),
        DeclaredField(name="amount", category="M02", desensitisation="none"),
        DeclaredField(name="mobile_last4", category="M03", desensitisation="last_four"),
    )
    request = DeclarationRequest.model_validate(
        {
            "purpose": PURPOSE,
            "legal_basis": "PIPL art. 13(1)(2): performance of a contract with the payer",
            "recipient": recipient,
            "country": COUNTRY,
            "fields": fields,
            "records": QUOTA_RECORDS,
            "persons": 0,
            "valid_from": PERIOD[0],
            "valid_until": PERIOD[1],
        }
    )
    return request.model_dump_json().encode()


def announcement(standing: Standing, *, records: int = 1) -> bytes:
    """One transmission of so many records."""
    request = TransmissionRequest(
        authorization=standing.authorization,
        authorization_version=standing.authorization_version,
        categories=CATEGORIES,
        purpose=PURPOSE,
        recipient=RECIPIENT,
        country=COUNTRY,
        records=records,
    )
    return request.model_dump_json().encode()


def feed_of(transmission: str, payloads: Sequence[str]) -> bytes:
    """The whole feed of a transmission in one body: started, one event a payload, ended."""
    last, records = len(payloads) + 2, len(payloads)
    events = [
        event(transmission, 1, "transmission.started", records=0, payload=None),
        *(
            event(transmission, number, "transmission.progressed", records=1, payload=payload)
            for number, payload in enumerate(payloads, start=2)
        ),
        event(transmission, last, "transmission.ended", records=records, payload=None),
    ]
    return b"\n".join(events) + b"\n"


def progress(transmission: str, lines: int) -> bytes:
    """So many payloads of one transmission, from the first event on."""
    return b"".join(_progress_lines(transmission, lines))


def _progress_lines(transmission: str, lines: int) -> Iterator[bytes]:
    for number in range(1, lines + 1):
        payload = digest_of_payload(f"{transmission}/{number}")
        line = event(transmission, number, "transmission.progressed", records=1, payload=payload)
        yield line + b"\n"


def event(
    transmission: str, sequence: int, type: FeedType, *, records: int, payload: str | None
) -> bytes:
    """One line of a feed."""
    return (
        FeedEvent(
            id=f"{transmission}/{sequence}",
            source="load-pay",
            type=type,
            subject=transmission,
            time=wall_now(),
            sequence=sequence,
            data=FeedData(
                records=records,
                bytes=records * PAYLOAD_BYTES,
                payload=payload,
                categories=CATEGORIES,
                recipient=RECIPIENT,
                country=COUNTRY,
            ),
        )
        .model_dump_json()
        .encode()
    )


def closing(payloads: Sequence[str]) -> bytes:
    """The end of a transmission of these payloads, a record each."""
    request = ClosingRequest(
        outcome="completed",
        records=len(payloads),
        bytes=len(payloads) * PAYLOAD_BYTES,
        payloads=tuple(payloads),
    )
    return request.model_dump_json().encode()


def lineage(transmission: str, payloads: Sequence[str]) -> bytes:
    """Where these payloads came from."""
    entries = [
        LineageEntry(
            payload=payload,
            source=f"{transmission}-{number}",
            rule_version=RULE_VERSION,
            transmission=transmission,
            recipient=RECIPIENT,
            country=COUNTRY,
            categories=CATEGORIES,
            sent_at=wall_now(),
        )
        for number, payload in enumerate(payloads)
    ]
    return LineageRequest(items=tuple(entries)).model_dump_json().encode()


def digest_of_payload(name: str) -> str:
    """The digest of a payload that only has a name: a load sends nothing abroad from here."""
    return hashlib.sha256(name.encode()).hexdigest()


class RegisteredPlatform:
    """Takes transmissions from announcement to lineage, each step as soon as the one before it was
    answered."""

    def __init__(
        self,
        standing: Standing,
        *,
        seed: int,
        tallies: dict[str, Tally],
        clock: Clock,
        name: str = "load",
        batch: int = 1,
    ) -> None:
        """`name` tells the nonces and keys of several processes apart; a transmission has `batch`
        records."""
        self._connection = Connection(
            standing.regulator, seed=seed, key_id=standing.key_id, name=name
        )
        self._announcement = announcement(standing, records=batch)
        self._name = name
        self._batch = batch
        self._heard = 0
        """Sequence of the last notice that was read."""
        self._tallies = tallies
        self._clock = clock

    def send(self, ask: Ask, number: int, intended: float) -> None:
        """One transmission; where a step fails, the later ones are not tried."""
        tally = self._tallies[TRANSMISSION]
        tally.intend(intended)
        failed = self._transmit(ask, number, intended)
        wrong = None if failed is None else f"broken off at {failed}"
        tally.end(intended, self._clock(), wrong)

    def _declare(self, ask: Ask, key: str) -> str | None:
        """Declares another recipient, and takes note of what the regulator decided; the step that
        failed, or `None`."""
        body = declaration(f"declared-{key}")
        if self._step(ask, DECLARE, "/declarations", body, key=f"declare-{key}") is None:
            return DECLARE
        told = self._step(ask, NOTICES, f"/notices?after={self._heard}", b"", method="GET")
        if told is None:
            return NOTICES
        for notice in told["items"]:
            self._heard = max(self._heard, notice["sequence"])
            path = f"/notices/{notice['id']}/acknowledgement"
            if self._step(ask, ACKNOWLEDGE, path, b"") is None:
                return ACKNOWLEDGE
        return None

    def _transmit(self, ask: Ask, number: int, intended: float) -> str | None:
        """The step that failed; `None` if all is done."""
        key = f"{self._name}-{number}"
        if number % DECLARE_EVERY == 0:
            failed = self._declare(ask, key)
            if failed is not None:
                return failed
        payloads = [digest_of_payload(f"{key}-{record}") for record in range(self._batch)]
        announced = self._step(
            ask, ANNOUNCE, "/transmissions", self._announcement, key=f"announce-{key}", at=intended
        )
        if announced is None:
            return ANNOUNCE
        id = announced["id"]
        fed = self._step(ask, FEED, "/feed", feed_of(id, payloads), media_type=NDJSON)
        if fed is None:
            return FEED
        path = f"/transmissions/{id}/closing"
        if self._step(ask, CLOSE, path, closing(payloads), key=f"close-{key}") is None:
            return CLOSE
        traced = self._step(ask, LINEAGE, "/lineage", lineage(id, payloads), key=f"lineage-{key}")
        return LINEAGE if traced is None else None

    def _step(
        self,
        ask: Ask,
        operation: str,
        path: str,
        body: bytes,
        *,
        method: str = "POST",
        media_type: str = JSON,
        key: str | None = None,
        at: float | None = None,
    ) -> dict[str, Any] | None:
        """The answer, or `None` if it was wrong; meant to leave `at`, otherwise at once."""
        tally = self._tallies[operation]
        intended = self._clock() if at is None else at
        if at is None:
            tally.intend(intended)
        request = self._connection.request(method, path, body, media_type=media_type, key=key)
        answer = ask(operation, request)
        wrong = WRONG[operation](answer)
        tally.end(intended, self._clock(), wrong)
        if answer.served_s is not None:
            tally.served.record(answer.served_s)
        told = answer.json()
        return told if wrong is None and isinstance(told, dict) else None


def wrong_announcement(answer: Answer) -> str | None:
    """What is wrong with the answer to an announcement; `None` if it permits sending."""
    if answer.status != 201:
        return answer.complaint
    match answer.json():
        case {"status": "accepted", "id": str()}:
            return None
        case {"status": status}:
            return f"the transmission is {status}"
    return UNREADABLE


def wrong_feed(answer: Answer) -> str | None:
    """Every line must be taken and none suspected: all that is sent is lawful."""
    if answer.status != 200:
        return answer.complaint
    match answer.json():
        case {"refused": [], "alerts": []}:
            return None
        case {"refused": [{"code": code}, *_]}:
            return f"lines refused as {code}"
        case {"alerts": [_, *_]}:
            return "alerts raised"
    return UNREADABLE


def wrong_closing(answer: Answer) -> str | None:
    """What is wrong with the answer to a closing."""
    return None if answer.status == 200 else answer.complaint


def wrong_lineage(answer: Answer) -> str | None:
    """What is wrong with the answer to a lineage."""
    return None if answer.status in (200, 201) else answer.complaint


def wrong_declaration(answer: Answer) -> str | None:
    """What is wrong with the answer to a declaration; `None` if it was accepted, or will be decided
    later."""
    if answer.status != 201:
        return answer.complaint
    match answer.json():
        case {"status": "accepted" | "received"}:
            return None
        case {"status": status}:
            return f"the declaration is {status}"
    return UNREADABLE


def wrong_notices(answer: Answer) -> str | None:
    """What is wrong with a list of notices."""
    if answer.status != 200:
        return answer.complaint
    match answer.json():
        case {"items": list()}:
            return None
    return UNREADABLE


WRONG = {
    DECLARE: wrong_declaration,
    NOTICES: wrong_notices,
    ACKNOWLEDGE: wrong_closing,
    ANNOUNCE: wrong_announcement,
    FEED: wrong_feed,
    CLOSE: wrong_closing,
    LINEAGE: wrong_lineage,
}
