"""Little runs written by hand, as reports are made of them: an honest one, guilty ones, and one in
which the judge itself fails."""

import base64
import gzip
import hashlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace

from scenarios.judge import judge
from scenarios.judge.dossiers import RequestDossier
from scenarios.judge.finding import Finding
from scenarios.judge.honest import an_honest_request
from scenarios.judge.requirement import Requirement, requirement
from scenarios.reports import Account
from scenarios.requirements import catalogue
from scenarios.traffic import Payment, payment_to_json, planted, write_awkwardly
from simulator.journal import records as rec
from simulator.journal.entry import Entry
from simulator.journal.events.lineage import LineageItem, LineageRecorded
from tests.judge.a_world import AWorld, body

COMMAND = "reinspect certify --seed 7"


def account_of(
    entries: list[Entry], requirements: Mapping[str, Requirement] | None = None
) -> Account:
    """What the reports of this run are made of."""
    return Account(judge(entries, requirements or catalogue()), entries, COMMAND)


def values_planted_in(*payments: Payment) -> list[str]:
    """Every planted value of these payments in its plain form, names included."""
    return sorted({secret.value for payment in payments for secret in planted(payment)})


def an_honest_run() -> list[Entry]:
    """Twenty payments that go as they should."""
    world = AWorld()
    world.declare()
    for _ in range(20):
        payment = world.payment()
        world.ask(payment)
        world.send(payment)
    world.end()
    return world.entries


def an_arrival(
    world: AWorld, raw: bytes, *, path: str = "/in", headers: dict[str, str] | None = None
) -> Entry:
    """Any bytes at all reach the recipient."""
    content = rec.Body(
        hashlib.sha256(raw).hexdigest(), len(raw), base64=base64.b64encode(raw).decode()
    )
    arrival = rec.Arrival("acquirer-sg", "POST", path, "", headers or {}, content, world.now, 200)
    return world.add(arrival)


def a_leaking_run() -> tuple[list[Entry], list[Payment]]:
    """The secrets of every payer leave, from payment to payment in other disguises; and the
    payments."""
    world = AWorld()
    world.declare()
    plain = [world.payment(payers=[person]) for person in world.traffic.people(9)]
    forms = ("country_code", "spaced_mobile", "full_width", "in_note", "in_extra")
    payments = [write_awkwardly(payment, form) for payment, form in zip(plain, forms, strict=False)]
    payments += plain[len(forms) :]
    for number, payment in enumerate(payments):
        world.ask(payment)
        world.feed(world.announce(), "started")
        for raw, headers, path in itertools.islice(_disguises(payment), number % 3, None, 3):
            an_arrival(world, raw, path=path, headers=headers)
    world.end()
    return world.entries, payments


def _disguises(payment: Payment) -> Iterator[tuple[bytes, dict[str, str], str]]:
    """Payloads, each with its headers and its path, that give every secret of the payment away."""
    amount = f'"amount": "{payment.amount}"'
    for secret in planted(payment):
        value, raw = secret.value, secret.value.encode()
        ascii_value = value if value.isascii() else raw.hex()
        written = (
            f'{{{amount}, "{secret.kind}": "{value}"}}',
            f'{{{amount}, "blob": "{base64.b64encode(raw).decode()}"}}',
            f'{{{amount}, "hex": "{raw.hex()}", "token": "{hashlib.sha256(raw).hexdigest()}"}}',
            f'{{{amount}, "digest": "{hashlib.md5(raw, usedforsecurity=False).hexdigest()}"}}',
            f'{{{amount}, "backwards": "{value[::-1]}", "first": "{value[:10]}***"}}',
        )
        for text in written:
            yield text.encode(), {}, "/in"
        yield gzip.compress(written[0].encode(), mtime=0), {"X-Customer": ascii_value}, "/in"
        yield b"{}", {"X-Ref": base64.b64encode(raw).decode()}, f"/of/{ascii_value}"


def a_run_in_doubt() -> list[Entry]:
    """A payload that the feed does not tell of, while a fault had blinded the regulator."""
    world = AWorld()
    world.declare()
    payment = world.payment()
    world.ask(payment)
    id = world.announce()
    world.feed(id, "started")
    fault = rec.FaultSet("flt-1", "unreachable", "armed", "regulator", ("feed",), {})
    world.add(fault)
    digest = world.arrive(f'{{"amount": "{payment.amount}"}}')
    world.add(replace(fault, state="reverted", parameters={}))
    world.close(id, digest, size=body(f'{{"amount": "{payment.amount}"}}').size_bytes)
    world.trace(id, digest, f"source-{payment.id}")
    world.end()
    return world.entries


def a_run_of_a_hostile_platform() -> list[Entry]:
    """Whatever a platform may choose itself, it chooses so that a careless report would break."""
    world = AWorld()
    world.declare()
    payment = world.payment()
    world.add(an_answer(world, payment, "\ud800|</td><script>alert(1)</script>\n## forged `x`\x00"))
    id = world.announce()
    digest = world.arrive(f'{{"amount": "{payment.amount}"}}')
    lineage = LineageItem(
        digest, "<img src=x>]]>|\n- forged\x1b[31m", "1", id, "other", "SG", ("M02",), world.now
    )
    world.exchange("record_lineage", events=(LineageRecorded("reg-1", (lineage,), world.now),))
    world.end()
    return world.entries


def an_answer(world: AWorld, payment: Payment, platform_payment: str) -> rec.Asked:
    """The platform takes a payment under an id of its own choice."""
    asked = payment_to_json(payment)
    return rec.Asked(asked, "a_story", world.now, world.now, 202, "", "accepted", platform_payment)


@requirement(
    id="OUR-01",
    title="A requirement that fails while it judges",
    clause="none",
    text="Our own failure is never evidence against a platform.",
    force="MUST",
    subject="request",
    at_least=1,
    remedy="mend the requirement",
    bears_on=lambda request: True,
    acquits=[an_honest_request()],
    convicts=[an_honest_request()],
)
def OUR_FAILURE(request: RequestDossier) -> Iterator[Finding]:
    raise LookupError(f"no such thing at {request.subject}")
    yield
