"""How a platform under test is described and reached: the target file, read with every mistake told
at once.

The file fixes the addresses that the platform is configured with once, says how a payment is asked
for and followed, and which actions a story may take. Nothing in a run depends on the platform being
ours.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scenarios.toml_table import Mistake, Table
from scenarios.traffic.placeholders import OF_A_PAYMENT, names_in
from scenarios.trust import AuthorityUnreadable, trust
from simulator.catalogue import suggest
from simulator.law.limits import Limits
from simulator.tls import AUTHORITY, CertificatesMissing, server_files

SCHEMA = 1
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""What sandboxes and recipients may be called, since both stand in addresses."""
RESERVED = ("control", "healthz", "metrics", "readyz")
"""Addresses of the simulator's own."""
ACTIONS = ("declare", "query_person", "rectify", "restart", "rotate_key")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
FORMS = {"json": "application/json", "form": "application/x-www-form-urlencoded"}


class TargetUnreadable(Exception):
    """A target file that cannot be used; `mistakes` holds every one of them."""

    def __init__(self, path: str, mistakes: list[Mistake]) -> None:
        self.path = path
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join([f"{path}:", *(f"  {mistake}" for mistake in mistakes)]))


@dataclass(frozen=True, slots=True)
class PlatformAddress:
    """The platform under test."""

    name: str
    healthz: str | None
    """An address that answers 2xx when the platform is ready; `None` if it has none."""
    ca: Path | None = None
    """Authority that its https addresses are believed by, beside the machine's own."""


@dataclass(frozen=True, slots=True)
class SimulatorAddress:
    """Where the simulator listens, and what the platform was told of it."""

    host: str
    port: int
    public_url: str
    """The simulator as the platform reaches it: a proxy may stand between."""
    sandbox: str
    passcode: str
    state: Path
    tls: Path | None = None
    """Directory of certificates with which it serves https; `None`: it serves http."""

    @property
    def ca(self) -> Path | None:
        """Authority that it is believed by."""
        return None if self.tls is None else self.tls / AUTHORITY


@dataclass(frozen=True, slots=True)
class Answers:
    """How to read the platform's answer to a payment."""

    accepted: tuple[int, ...]
    refused: tuple[int, ...]
    pointer: str | None
    """Where in a JSON answer the outcome stands; `None` if the status says it all."""
    accepted_values: tuple[str, ...]
    refused_values: tuple[str, ...]
    id: str | None
    """Where the platform's own id of the payment stands."""


@dataclass(frozen=True, slots=True)
class Poll:
    """How to ask what became of a payment."""

    url: str
    pointer: str
    settled: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """How a merchant submits a payment."""

    method: str
    url: str
    form: str
    """`json` or `form`."""
    headers: dict[str, str]
    body: dict[str, Any]
    answer: Answers
    poll: Poll | None


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient abroad and its country."""

    id: str
    country: str


@dataclass(frozen=True, slots=True)
class RecipientReply:
    """What recipients answer to whatever they receive."""

    status: int
    body: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the platform can do beyond paying across the border."""

    domestic: bool
    """It takes domestic payments."""
    clock: bool
    """It follows the regulator's clock when that jumps."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a story may ask for: a request, a command, or a prompt to the operator."""

    name: str
    method: str = "POST"
    url: str | None = None
    body: dict[str, Any] | None = None
    command: tuple[str, ...] = ()
    prompt: str | None = None

    @property
    def how(self) -> str:
        """`url`, `command` or `prompt`."""
        return "url" if self.url else "command" if self.command else "prompt"


@dataclass(frozen=True, slots=True)
class Target:
    """A platform under test."""

    path: Path
    platform: PlatformAddress
    simulator: SimulatorAddress
    payment: PaymentRequest
    recipients: tuple[Recipient, ...]
    """Those that the platform holds authorizations for."""
    unlisted: Recipient
    """One that it must never send to."""
    reply: RecipientReply
    limits: Limits
    capabilities: Capabilities
    actions: dict[str, Action] = field(default_factory=dict)

    def lacks(self, need: str) -> str | None:
        """Why a story that needs this cannot be played; `None` if it can."""
        kind, _, name = need.partition(":")
        if kind == "action":
            return self._lacks_action(name)
        has = {"domestic": self.capabilities.domestic, "clock": self.capabilities.clock}
        return None if has[kind] else f"the target renounces the capability {kind!r}"

    def _lacks_action(self, name: str) -> str | None:
        if name not in self.actions:
            return f"the target offers no action {name!r}"
        if self.actions[name].how == "prompt" and not is_operator_there():
            return (
                f"the action {name!r} asks an operator, and there is none at a terminal; "
                "give it a url or a command"
            )
        return None


def is_operator_there() -> bool:
    """Whether somebody can be asked: a pipeline has no terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def load(path: Path) -> Target:
    """The target that the file describes; TargetUnreadable names every mistake in it."""
    try:
        value = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        mistake = Mistake(
            "file", str(path), f"it cannot be read ({error.strerror}); check the path"
        )
        raise TargetUnreadable(str(path), [mistake]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        mistake = Mistake("file", str(path), f"it is not TOML ({error}); compare `reinspect init`")
        raise TargetUnreadable(str(path), [mistake]) from error
    mistakes: list[Mistake] = []
    target = _target(Table(value, "", mistakes), path)
    if mistakes:
        raise TargetUnreadable(str(path), mistakes)
    return target


def _target(top: Table, path: Path) -> Target:
    schema = top.any("schema", must=f"write schema = {SCHEMA} at the top")
    if schema is not None and schema != SCHEMA:
        top.wrong(
            "schema",
            schema,
            f"this version reads schema {SCHEMA}; write schema = {SCHEMA}, or use a newer "
            "reinspect",
        )
    recipients = tuple(_recipient(table, "id") for table in top.tables("recipients"))
    unlisted = _recipient(top.table("unlisted"), "recipient")
    if any(unlisted.id == recipient.id for recipient in recipients):
        top.wrong("unlisted", unlisted.id, "name a recipient that is not among [[recipients]]")
    target = Target(
        path=path,
        platform=_platform(top.table("platform"), path),
        simulator=_simulator(top.table("simulator"), path),
        payment=_payment(top.table("payment")),
        recipients=recipients,
        unlisted=unlisted,
        reply=_reply(top.table("recipient_reply", required=False)),
        limits=_limits(top.table("limits", required=False)),
        capabilities=_capabilities(top.table("capabilities", required=False)),
        actions=_actions(top.table("actions", required=False)),
    )
    top.any("load", None)  # Limits under load; `reinspect load` reads them, and tells mistakes.
    top.finish()
    return target


def _platform(table: Table, path: Path) -> PlatformAddress:
    healthz = table.url("healthz") if "healthz" in table else None
    name, ca = table.text("name", must="name the platform"), table.optional_text("ca")
    platform = PlatformAddress(name, healthz, path.parent / ca if ca else None)
    try:
        trust(platform.ca)
    except AuthorityUnreadable as unreadable:
        table.wrong("ca", ca, str(unreadable))
    table.finish()
    return platform


def _simulator(table: Table, path: Path) -> SimulatorAddress:
    must = "write host and port, such as 127.0.0.1:8900"
    listen = table.text("listen", must=must)
    host, _, port = listen.rpartition(":")
    if listen and not (host and port.isdecimal() and 0 < int(port) < 65536):
        table.wrong("listen", listen, must)
        port = "1"
    sandbox = table.text("sandbox", "main")
    if sandbox and (not NAME.fullmatch(sandbox) or sandbox in RESERVED):
        must = f"use small letters, digits and hyphens only, and none of {', '.join(RESERVED)}"
        table.wrong("sandbox", sandbox, must)
    tls = table.optional_text("tls")
    directory = path.parent / tls if tls else None
    try:
        if directory is not None:
            server_files(directory, mutual=False)
    except CertificatesMissing as missing:
        table.wrong("tls", tls, str(missing))
    scheme = "http" if directory is None else "https"
    address = SimulatorAddress(
        host=host,
        port=int(port or 1),
        public_url=table.url("public_url", f"{scheme}://{listen}").rstrip("/"),
        sandbox=sandbox,
        passcode=table.text("passcode", must="give the passcode that the platform registers with"),
        state=path.parent / table.text("state", ".state/simulator"),
        tls=directory,
    )
    table.finish()
    return address


def _payment(table: Table) -> PaymentRequest:
    headers = table.table("headers", required=False)
    body = table.table("body")
    request = PaymentRequest(
        method=table.choice("method", METHODS, "POST"),
        url=table.url("url"),
        form=table.choice("content_type", tuple(FORMS), "json"),
        headers={key: headers.text(key) for key in headers},
        body={key: body.any(key) for key in body},
        answer=_answers(table.table("answer")),
        poll=_poll(table.table("poll")) if "poll" in table else None,
    )
    for part, template in (("body", request.body), ("headers", request.headers)):
        for wrong in _strangers(template, OF_A_PAYMENT):
            table.wrong(
                part, "{" + wrong + "}", f"no such placeholder; {suggest(wrong, OF_A_PAYMENT)}"
            )
    if request.poll and "platform_payment" in names_in(request.poll.url) and not request.answer.id:
        table.wrong(
            "answer.id", None, "point to the platform's payment id, since poll.url needs it"
        )
    table.finish()
    return request


def _strangers(template: Any, known: frozenset[str]) -> Iterator[str]:
    yield from sorted({name for name in names_in(template) if name not in known})


def _answers(table: Table) -> Answers:
    answers = Answers(
        accepted=table.statuses("accepted", [200, 201, 202]),
        refused=table.statuses("refused", [400, 403, 409, 422]),
        pointer=table.pointer("pointer", None) or None,
        accepted_values=table.words("accepted_values", []),
        refused_values=table.words("refused_values", []),
        id=table.pointer("id", None) or None,
    )
    for status in sorted(set(answers.accepted) & set(answers.refused)):
        if answers.pointer is None:
            table.wrong("refused", status, "a status that both accepts and refuses needs `pointer`")
    table.finish()
    return answers


def _poll(table: Table) -> Poll:
    poll = Poll(
        url=table.url("url"),
        pointer=table.pointer("pointer"),
        settled=table.words("settled"),
        refused=table.words("refused"),
    )
    known = OF_A_PAYMENT | {"platform_payment"}
    for wrong in _strangers(poll.url, known):
        table.wrong("url", "{" + wrong + "}", f"no such placeholder; {suggest(wrong, known)}")
    table.finish()
    return poll


def _recipient(table: Table, key: str) -> Recipient:
    recipient = Recipient(table.text(key, must="give the recipient's id"), _country(table))
    if recipient.id and not NAME.fullmatch(recipient.id):
        table.wrong(key, recipient.id, "use small letters, digits and hyphens only")
    table.finish()
    return recipient


def _country(table: Table) -> str:
    must = "write the country's two capital letters, such as SG"
    country = table.text("country", must=must)
    if country and not (len(country) == 2 and country.isascii() and country.isupper()):
        table.wrong("country", country, must)
    return country


def _reply(table: Table) -> RecipientReply:
    reply = RecipientReply(
        status=table.status("status", 200),
        body=table.text("body", '{"status":"received"}'),
        content_type=table.text("content_type", "application/json"),
    )
    table.finish()
    return reply


def _limits(table: Table) -> Limits:
    """The profile's limits, tightened where the target says so; a looser one is a mistake."""
    profile = Limits()
    tightened: dict[str, float] = {}
    for each in fields(Limits):
        most = float(getattr(profile, each.name))
        tightened[each.name] = table.number(each.name, most)
        if tightened[each.name] > most:
            remedy = f"a target may only tighten the profile's limit of {most:g}"
            table.wrong(each.name, tightened[each.name], remedy)
    table.finish()
    return Limits(**tightened)


def _capabilities(table: Table) -> Capabilities:
    capabilities = Capabilities(table.flag("domestic", True), table.flag("clock", False))
    table.finish()
    return capabilities


def _actions(table: Table) -> dict[str, Action]:
    actions = {name: _action(table.table(name), name) for name in table if name in ACTIONS}
    for name in table:
        if name not in ACTIONS:
            table.any(name)
            table.wrong(name, name, f"no story takes such an action; {suggest(name, ACTIONS)}")
    return actions


def _action(table: Table, name: str) -> Action:
    body = table.table("body") if "body" in table else None
    action = Action(
        name=name,
        method=table.choice("method", METHODS, "POST"),
        url=table.url("url") if "url" in table else None,
        body={key: body.any(key) for key in body} if body is not None else None,
        command=table.words("command", []),
        prompt=table.optional_text("prompt"),
    )
    ways = [way for way in ("url", "command", "prompt") if way in table]
    if len(ways) != 1:
        table.wrong("url", ways, "say how in exactly one way: url, command or prompt")
    known = OF_A_PAYMENT | {"case", "platform_payment"}
    for wrong in _strangers([action.url or "", action.body or {}, list(action.command)], known):
        table.wrong("url", "{" + wrong + "}", f"no such placeholder; {suggest(wrong, known)}")
    table.finish()
    return action


def host_and_port(url: str) -> tuple[str, int]:
    """Where a connection to this address goes."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
