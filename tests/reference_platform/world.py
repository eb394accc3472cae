"""A regulator and its recipients small enough to hold in one's head, in place of the network.

The platform's HTTP client is given `World.transport`; whatever passes is kept in order in `seen`.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from simulator.clock import wall_now
from simulator.messages import signature
from simulator.messages.base import canonical
from simulator.messages.notice import Notice
from simulator.reference_platform.journey import Journey
from simulator.reference_platform.outbox import Outbox
from simulator.reference_platform.platform import Platform, Settings
from simulator.reference_platform.regulator_client import persist
from simulator.reference_platform.steps import HONEST, Steps

NOW = datetime(2023, 6, 1, 9, 30, tzinfo=UTC)
PATIENCE_S = 120
"""Guards only against waiting for ever."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as the world saw it."""

    what: str
    """`announce trm-1`, `feed started`, `payload acquirer-sg`, ..."""
    key: str | None
    body: bytes
    headers: dict[str, str]


@dataclass
class World:
    """What the regulator and the recipients do; tests turn the knobs."""

    key: Ed25519PrivateKey = field(
        default_factory=lambda: Ed25519PrivateKey.from_private_bytes(b"r" * 32)
    )
    platform_key: Ed25519PublicKey | None = None
    seen: list[Seen] = field(default_factory=list)
    """Messages that took effect, repetitions included."""
    tries: int = 0
    """Messages that were made, cut off or not."""
    cut_off: Callable[[str], bool] = lambda path: False
    """Paths at which the connection breaks before the message is heard."""
    lose_answer: Callable[[str], bool] = lambda path: False
    """Paths at which the message takes effect and its answer is lost."""
    on_arrival: Callable[[str], None] = lambda recipient: None
    transmissions_are: str = "accepted"
    authorizations: dict[str, dict[str, Any]] = field(default_factory=dict)
    transmissions: dict[str, str] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Former answers by idempotency key."""
    notices: list[Notice] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    materials: dict[int, dict[str, Any]] = field(default_factory=dict)
    refuse_announcement: str | None = None
    refuse_feed: list[str] = field(default_factory=list)
    """Codes with which the lines of the next feed are refused, once."""
    nonces: set[str] = field(default_factory=set)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._hear)

    @property
    def story(self) -> list[str]:
        """What was seen of payments, in order."""
        quiet = ("register", "time", "keys", "notices", "authorizations", "declare", "acknowledge")
        return [seen.what for seen in self.seen if not seen.what.startswith(quiet)]

    @property
    def arrivals(self) -> list[Seen]:
        return [seen for seen in self.seen if seen.what.startswith("payload")]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Returns when the condition holds; it is looked at whenever something happened."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    def grant(self, id: str, recipient: str, country: str, fields: list[dict[str, str]]) -> str:
        """A new version of the authorization, or its first."""
        granted = {
            "id": id,
            "version": self.authorizations[id]["version"] + 1 if id in self.authorizations else 1,
            "declaration": "dcl-1",
            "fields": fields,
            "purpose": "settlement of cross-border payments",
            "recipient": recipient,
            "country": country,
            "quota_records": 1000,
            "valid_from": "2023-06-01T00:00:00Z",
            "valid_until": "2024-06-01T00:00:00Z",
            "granted_at": "2023-06-01T00:00:00Z",
        }
        signed = base64.b64encode(self.key.sign(canonical(granted))).decode()
        self.authorizations[id] = {
            **granted,
            "signature": signed,
            "status": "active",
            "used_records": 0,
        }
        return id

    def narrow(self, id: str, *without: str) -> None:
        """A new version that lacks these categories."""
        former = self.authorizations[id]
        fields = [one for one in former["fields"] if one["category"] not in without]
        self.grant(id, former["recipient"], former["country"], fields)

    def tell(self, type: str, **data: Any) -> Notice:
        """A new notice; it can be polled at once."""
        sequence = len(self.notices) + 1
        notice = Notice.model_validate(
            {
                "id": f"ntc-{sequence}",
                "source": "regulator",
                "type": type,
                "subject": "reg-1",
                "time": NOW,
                "sequence": sequence,
                "data": data,
            }
        )
        self.notices.append(notice)
        return notice

    async def _hear(self, request: httpx.Request) -> httpx.Response:
        self.tries += 1
        self.changed.set()
        path = request.url.path
        if self.cut_off(path):
            raise httpx.ConnectError("cut off")
        key = request.headers.get("idempotency-key")
        former = self.answers.get(key or "")
        if "recipients" in path:
            answer = self._arrive(request, path.split("/")[3])
        elif former is not None:
            answer = httpx.Response(200, json=former)
        else:
            answer = self._refuse(request) or self._decide(request, path.removeprefix("/main/v1"))
            if key is not None and answer.is_success:
                self.answers[key] = json.loads(answer.content)
        if self.lose_answer(path):
            raise httpx.ReadError("the answer is lost")
        return answer

    def _arrive(self, request: httpx.Request, recipient: str) -> httpx.Response:
        self._saw(f"payload {recipient}", request)
        self.on_arrival(recipient)
        return httpx.Response(200, json={"status": "received"})

    def _decide(self, request: httpx.Request, path: str) -> httpx.Response:
        told: dict[str, Any] = {}
        if request.content.startswith(b"{") and b"\n" not in request.content.strip():
            told = json.loads(request.content)
        match [request.method, *path.strip("/").split("/")]:
            case ["POST", "registrations"]:
                return self._register(request, told)
            case ["GET", "keys"]:
                return self._tell("keys", request, items=[])
            case ["GET", "time"]:
                return self._tell("time", request, wall=NOW, sandbox=NOW, rate=1.0)
            case ["GET", "authorizations"]:
                return self._tell("authorizations", request, items=[*self.authorizations.values()])
            case ["POST", "declarations"]:
                fresh = f"aut-{len(self.authorizations) + 1}"
                granted = self.grant(fresh, told["recipient"], told["country"], told["fields"])
                return self._tell(
                    "declare", request, id="dcl-1", status="accepted", authorization=granted
                )
            case ["POST", "transmissions"]:
                return self._announce(request, told)
            case ["GET", "transmissions", id]:
                return self._tell(f"ask {id}", request, id=id, status=self.transmissions[id])
            case ["POST", "transmissions", id, "closing"]:
                what = f"close {id} {told['outcome']} {told['records']}"
                return self._tell(what, request, id=id, status="closed")
            case ["POST", "feed"]:
                events = [json.loads(line) for line in request.content.splitlines()]
                kinds = " ".join(event["type"].removeprefix("transmission.") for event in events)
                refused = [{"line": 1, "code": code, "detail": "no"} for code in self.refuse_feed]
                self.refuse_feed.clear()
                what = f"refuse feed {kinds}" if refused else f"feed {kinds}"
                return self._tell(what, request, accepted=0, refused=refused, alerts=[])
            case ["POST", "lineage"]:
                return self._tell("lineage", request, recorded=1)
            case ["GET", "notices"]:
                after = int(request.url.params["after"])
                items = [one.model_dump(mode="json") for one in self.notices[after:]]
                return self._tell("notices", request, items=items, next_cursor=None)
            case ["POST", "notices", id, "acknowledgement"]:
                self.acknowledged.append(id)
                return self._tell("acknowledge", request, id=id)
            case ["POST", "inspections", id, "answers"]:
                return self._tell(f"sample {id}", request, id=id, status="right")
            case ["GET", "cases"]:
                return self._tell("cases", request, items=[{"id": "cas-1", "status": "suspended"}])
            case ["GET", "cases", id]:
                return self._tell("case", request, id=id, status="lifted", findings=[])
            case ["PUT", "cases", id, "materials", number]:
                self.materials[int(number)] = told
                return self._tell(f"material {number}", request, id=id)
            case ["POST", "cases", id, "reinspection"]:
                return self._tell("reinspect", request, id=id)
            case _:
                raise AssertionError(f"the platform asked for {request.method} {path}")

    def _register(self, request: httpx.Request, told: dict[str, Any]) -> httpx.Response:
        raw = base64.b64decode(told["key"]["public_key"])
        self.platform_key = Ed25519PublicKey.from_public_bytes(raw)
        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return self._tell(
            "register",
            request,
            id="reg-1",
            uscc=told["uscc"],
            name=told["name"],
            key_id="key-1",
            status="active",
            callback_url=told["callback_url"],
            regulator_key_id="regulator",
            regulator_public_key=base64.b64encode(public).decode(),
            registered_at=NOW,
        )

    def _announce(self, request: httpx.Request, told: dict[str, Any]) -> httpx.Response:
        held = self.authorizations[told["authorization"]]
        code = self.refuse_announcement
        if told["authorization_version"] != held["version"]:
            code = "authorization_stale"
        elif held["status"] != "active":
            code = f"authorization_{held['status']}"
        if code is not None:
            self._saw(f"refuse {code}", request)
            return httpx.Response(409, json={"code": code, "detail": "no"})
        id = f"trm-{len(self.transmissions) + 1}"
        self.transmissions[id] = self.transmissions_are
        return self._tell(f"announce {id}", request, id=id, status=self.transmissions_are)

    def _refuse(self, request: httpx.Request) -> httpx.Response | None:
        """The refusal of a request whose signature does not hold, or whose nonce is not new."""
        if self.platform_key is None:
            return None
        try:
            signed = signature.verify(
                method=request.method,
                path=request.url.raw_path.decode().partition("?")[0],
                query=request.url.query.decode(),
                headers=dict(request.headers),
                body=request.content,
                key_of=lambda key_id: self.platform_key if key_id == "key-1" else None,
                now=wall_now(),
            )
        except signature.BadSignature as bad:
            code = bad.code
        else:
            if signed.nonce not in self.nonces:
                self.nonces.add(signed.nonce)
                return None
            code = "nonce_replayed"
        self._saw(f"refuse {code}", request)
        return httpx.Response(401, json={"code": code, "detail": "no"})

    def _tell(self, what: str, request: httpx.Request, **answer: Any) -> httpx.Response:
        self._saw(what, request)
        return httpx.Response(200, content=json.dumps(answer, default=datetime.isoformat))

    def _saw(self, what: str, request: httpx.Request) -> None:
        headers = dict(request.headers)
        self.seen.append(Seen(what, headers.get("idempotency-key"), request.content, headers))


class WatchedOutbox(Outbox):
    """An outbox that tells the world when a payment has moved."""

    def __init__(self, path: Path, changed: asyncio.Event) -> None:
        super().__init__(path)
        self._changed = changed

    def save(self, journey: Journey) -> None:
        super().save(journey)
        self._changed.set()


def settings(state: Path) -> Settings:
    return Settings(
        regulator="http://world/main/v1",
        recipient="http://world/main/recipients",
        passcode="open sesame",
        state=state,
        callback_url=None,
    )


@asynccontextmanager
async def running(world: World, state: Path, steps: Steps = HONEST) -> AsyncIterator[Platform]:
    """A platform that is connected to the world; it polls only when a test says so."""
    outbox = WatchedOutbox(state / "outbox.sqlite", world.changed)
    platform = Platform(
        settings(state),
        replace(steps, open_outbox=lambda _: outbox),
        transport=world.transport,
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            await persist(lambda: platform.connection.attend(read=True), tries=8)
            platform.resume()
            yield platform
    finally:
        await platform.stop()


def order(id: str = "order-1", **changes: Any) -> dict[str, Any]:
    """What a merchant submits."""
    payer = {
        "name": "张伟",
        "resident_id": "11010519491231002X",
        "mobile": "13900001234",
        "card": "6200000000000005",
        "email": "zhang@example.invalid",
        "address": "1 Example Road",
        "device_id": "device-0001",
    }
    return {
        "order_id": id,
        "merchant": {"id": "m-1", "name": "Lotus Trading", "country": "SG", "mcc": "5311"},
        "payer": payer,
        "amount_minor": 123456,
        "currency": "SGD",
        "recipient": "acquirer-sg",
        "country": "SG",
        "domestic": False,
        "note": "call 13900001234",
        "extra": {"memo": "zhang@example.invalid"},
    } | changes
