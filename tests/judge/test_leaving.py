"""Payments that one payload carried have in common what the payload means to them, and nothing
else."""

from dataclasses import replace
from datetime import timedelta

from scenarios.judge.assembly import assemble
from scenarios.judge.dossiers import PaymentDossier
from scenarios.judge.gathering import read
from scenarios.judge.subjects import payment
from scenarios.traffic import Payment
from simulator.journal import records as rec
from simulator.journal.events.authorization import AuthorizationGranted
from simulator.journal.events.case import InspectionOpened
from simulator.journal.events.order import ExportSuspended
from tests.judge.a_world import FIELDS, PLATFORM, AWorld


def payments(world: AWorld) -> list[PaymentDossier]:
    return [one for part in payment.parts(assemble(read(world.entries))) for one in part()]


def sent_together(world: AWorld, *together: Payment) -> None:
    """In one payload, announced, monitored and traced as it should be."""
    id = world.announce()
    world.feed(id, "started")
    text = "".join(f"{one.currency};{one.amount}\n" for one in together)
    digest = world.arrive(text)
    world.feed(id, "started", "progressed", "ended", payload=digest, size=len(text))
    for one in together:
        world.trace(id, digest, f"source-{one.id}")


def test_what_held_when_each_was_asked_is_its_own() -> None:
    world = AWorld()
    world.declare()
    before, during, after = (world.payment() for _ in range(3))
    world.ask(before)
    world.add(rec.FaultSet("flt-1", "unreachable", "armed", "regulator"))
    world.ask(during)
    world.add(rec.FaultSet("flt-1", "unreachable", "reverted", "regulator"))
    world.decide(InspectionOpened("cas-1", PLATFORM, "test", world.now))
    world.decide(
        ExportSuspended(PLATFORM, "cas-1", world.now + timedelta(days=30), world.now),
        world.notice("ntc-1", "export.suspended", PLATFORM, case="cas-1"),
    )
    world.deliver("ntc-1")
    world.ask(after)
    sent_together(world, before, during, after)
    world.end()

    found = payments(world)

    assert len({dossier.left_at for dossier in found}) == 1
    assert [dossier.asked_under for dossier in found] == [set(), {"regulator"}, set()]
    assert [dossier.asked_while is not None for dossier in found] == [False, False, True]


def test_the_exact_amount_of_one_is_not_that_of_another() -> None:
    world = AWorld()
    world.declare()
    exact, rounded, again = (world.payment() for _ in range(3))
    for one in (exact, rounded, again):
        world.ask(one)
    id = world.announce()
    digest = world.arrive("".join(f"{one.currency};{one.amount}\n" for one in (exact, again)))
    world.trace(id, digest, f"source-{rounded.id}")
    world.end()

    found = payments(world)

    assert [dossier.payloads[0].exact_amount for dossier in found] == [True, False, True]


def test_a_story_that_broke_off_puts_none_of_another_in_doubt() -> None:
    world = AWorld(stories=("a_story", "another"))
    world.declare()
    ended, broken_off = world.payment(), world.payment()
    world.ask(ended)
    world.add(rec.FaultSet("flt-1", "unreachable", "armed", "recipient"))
    world.add(rec.FaultSet("flt-1", "unreachable", "reverted", "recipient"))
    world.ask(broken_off, story="another")
    sent_together(world, ended, broken_off)
    world.add(rec.Staged("story_ended", "a_story"))
    world.add(rec.Staged("story_started", "another"))

    found = payments(world)

    assert [dossier.watched for dossier in found] == [True, False]


def test_an_authorization_that_was_amended_is_judged_as_it_was_when_each_left() -> None:
    world = AWorld(limits={"revocation_s": 1.0})
    world.declare()
    early, both, late = (world.payment() for _ in range(3))
    for one in (early, both, late):
        world.ask(one)
    sent_together(world, early, both)
    world.decide(without_amounts(world), world.notice("ntc-1", "authorization.granted", PLATFORM))
    world.deliver("ntc-1")
    sent_together(world, both, late)
    world.end()

    found = payments(world)

    assert [dossier.amount_authorized for dossier in found] == [True, True, False]
    assert [len(dossier.payloads) for dossier in found] == [1, 2, 1]


def test_what_carried_one_again_and_again_is_not_held_against_those_beside_it() -> None:
    world = AWorld()
    world.declare()
    often, first, second, third = (world.payment() for _ in range(4))
    for one in (often, first, second, third):
        world.ask(one)
    for beside in (first, second, third):
        sent_together(world, often, beside)
    world.end()

    found = payments(world)

    entries = [payload.at.sequence for payload in found[0].payloads]
    assert len(entries) == 3
    assert [[at.at.sequence for at in one.payloads] for one in found[1:]] == [
        [entry] for entry in entries
    ]


def without_amounts(world: AWorld) -> AuthorizationGranted:
    """A second version, under which exact amounts stay at home."""
    fields = tuple(field for field in FIELDS if field.category != "M02")
    return replace(world.granted(version=2), fields=fields)
