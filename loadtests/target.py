"""The parts of a target file that a load needs. `reinspect doctor` has read the file before and
told every mistake in it, so that here it is only taken apart.
"""

import hashlib
import json
import ssl
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from loadtests.outgoing import Answer, Request
from scenarios.traffic import Payment
from scenarios.traffic.placeholders import as_text, fill, values_of

FORMS = {"json": "application/json", "form": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient abroad that the platform holds an authorization for."""

    id: str
    country: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """How a merchant submits a payment, and how the platform's answer is read."""

    method: str
    url: str
    form: Literal["json", "form"]
    headers: dict[str, str]
    body: dict[str, Any]
    accepted: tuple[int, ...]
    pointer: str | None
    accepted_values: tuple[str, ...]
    refused_values: tuple[str, ...]
    id: str | None
    """Where the platform's own id of the payment stands."""
    refused: tuple[int, ...] = (400, 403, 409, 422)
    authority: str | None = None
    """Certificates in PEM that are believed over https besides those of the machine's
    authorities."""

    @property
    def trusted(self) -> ssl.SSLContext:
        """Whom a client of the platform believes."""
        context = ssl.create_default_context()
        if self.authority is not None:
            context.load_verify_locations(cadata=self.authority)
        return context

    def request(self, payment: Payment) -> Request:
        """The payment as it goes to the platform."""
        values = values_of(payment)
        headers = {"Content-Type": FORMS[self.form]}
        headers |= {name: as_text(fill(value, values)) for name, value in self.headers.items()}
        body = fill(self.body, values)
        return Request(
            self.method, as_text(fill(self.url, values)), headers, encode(body, self.form)
        )

    def wrong(self, answer: Answer) -> str | None:
        """What is wrong with an answer to a payment; `None` if it was accepted."""
        if answer.status not in self.accepted:
            return answer.complaint
        if self.pointer is None:
            return None
        word = as_text(pointed_at(answer, self.pointer))
        unwanted = self.accepted_values and word not in self.accepted_values
        return f"answered {word!r}" if unwanted or word in self.refused_values else None

    def outcome(self, answer: Answer) -> str:
        """`accepted`, `refused`, or `failed` where the answer says neither."""
        if self.wrong(answer) is None:
            return "accepted"
        if self.pointer is not None and answer.status in (*self.accepted, *self.refused):
            word = as_text(pointed_at(answer, self.pointer))
            if word in self.refused_values:
                return "refused"
            if self.accepted_values:
                return "failed"
        return "refused" if answer.status in self.refused else "failed"

    def platform_payment(self, answer: Answer) -> str | None:
        """The platform's own id of the payment; `None` where it tells none."""
        found = None if self.id is None else pointed_at(answer, self.id)
        return None if found is None else as_text(found)


@dataclass(frozen=True, slots=True)
class Poll:
    """How a merchant asks what became of a payment."""

    url: str
    pointer: str
    settled: tuple[str, ...]
    refused: tuple[str, ...]

    def address(self, names: Mapping[str, str]) -> str | None:
        """Where to ask; `None` if that takes a name that is not known."""
        try:
            return as_text(fill(self.url, names))
        except KeyError:
            return None

    def final(self, answer: Answer) -> Literal["settled", "refused"] | None:
        """What became of it; `None` while nothing is final."""
        word = as_text(pointed_at(answer, self.pointer))
        if word in self.settled:
            return "settled"
        return "refused" if word in self.refused else None


@dataclass(frozen=True, slots=True)
class Simulator:
    """Where the simulator is to listen, and what the platform was told of it."""

    host: str
    port: int
    sandbox: str
    passcode: str
    state: Path


@dataclass(frozen=True, slots=True)
class Target:
    """A platform to be loaded."""

    name: str
    healthz: str | None
    simulator: Simulator
    checkout: Checkout
    poll: Poll | None
    recipients: tuple[Recipient, ...]
    reply: dict[str, Any]
    """What the recipients answer; what is left out is the simulator's own."""
    limits: dict[str, float] = field(default_factory=dict)
    """Limits of reaction that the target has tightened, for the judge."""
    digest: str = ""
    """SHA-256 of the file with its passcode masked."""


def read(path: Path) -> Target:
    """The target that a checked file describes."""
    text = path.read_text(encoding="utf-8")
    top = tomllib.loads(text)
    simulator, platform, payment = top["simulator"], top["platform"], top["payment"]
    host, _, port = simulator["listen"].rpartition(":")
    return Target(
        name=platform["name"],
        healthz=platform.get("healthz"),
        simulator=Simulator(
            host=host,
            port=int(port),
            sandbox=simulator.get("sandbox", "main"),
            passcode=simulator["passcode"],
            state=path.parent / simulator.get("state", ".state/simulator"),
        ),
        checkout=_checkout(payment, _authority(path, platform)),
        poll=_poll(payment["poll"]) if "poll" in payment else None,
        recipients=tuple(Recipient(one["id"], one["country"]) for one in top["recipients"]),
        reply=dict(top.get("recipient_reply", {})),
        limits=dict(top.get("limits", {})),
        digest=hashlib.sha256(text.replace(simulator["passcode"], "***").encode()).hexdigest(),
    )


def _authority(path: Path, platform: Mapping[str, Any]) -> str | None:
    """The text of the file that the target names, so that generators elsewhere have it too."""
    return (path.parent / platform["ca"]).read_text() if platform.get("ca") else None


def _checkout(payment: Mapping[str, Any], authority: str | None) -> Checkout:
    answer = payment["answer"]
    return Checkout(
        method=payment.get("method", "POST"),
        url=payment["url"],
        form=payment.get("content_type", "json"),
        headers=dict(payment.get("headers", {})),
        body=payment["body"],
        accepted=tuple(answer.get("accepted", (200, 201, 202))),
        pointer=answer.get("pointer"),
        accepted_values=tuple(answer.get("accepted_values", ())),
        refused_values=tuple(answer.get("refused_values", ())),
        id=answer.get("id"),
        refused=tuple(answer.get("refused", (400, 403, 409, 422))),
        authority=authority,
    )


def _poll(poll: Mapping[str, Any]) -> Poll:
    return Poll(poll["url"], poll["pointer"], tuple(poll["settled"]), tuple(poll["refused"]))


def encode(body: Mapping[str, Any], form: str) -> bytes:
    """The body in bytes; a form leaves out what has no value."""
    if form == "json":
        return json.dumps(body, ensure_ascii=False).encode()
    return urlencode(
        {key: as_text(each) for key, each in body.items() if each is not None}
    ).encode()


def pointed_at(answer: Answer, pointer: str) -> Any:
    """The value at an RFC 6901 pointer of a JSON answer; `None` where there is none."""
    value = answer.json()
    try:
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, list) else value[key]
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    return value
