"""The dossiers say what the journal shows: who was told when, what left late, and which witness was
blinded."""

from datetime import timedelta
from typing import Any

import pytest

from scenarios.judge.assembly import assemble
from scenarios.judge.docket import docket
from scenarios.judge.dossiers import UNREADABLE
from scenarios.judge.gathering import read
from scenarios.judge.requirement import SubjectName
from scenarios.requirements.trc_01 import every_record_is_traceable
from scenarios.traffic.planted import plain
from simulator.journal import records as rec
from simulator.journal.events.authorization import AuthorizationRevoked
from simulator.journal.events.case import InspectionOpened
from simulator.journal.events.order import ExportLifted, ExportStopped, ExportSuspended
from tests.judge.a_world import AUTHORIZATION, PLATFORM, AWorld, body


def dossiers(world: AWorld, subject: SubjectName) -> list[Any]:
    parts = docket(assemble(read(world.entries)), [subject])
    return [dossier for _, part in parts for dossier in part()]


def stopped(world: AWorld) -> None:
    world.decide(
        ExportStopped(PLATFORM, None, "test", world.now),
        world.notice("ntc-1", "export.stopped", PLATFORM, authorization=None),
    )


def test_an_honest_payment_is_declared_monitored_and_permitted() -> None:
    world = AWorld()
    world.declare()
    payment = world.payment()
    world.ask(payment)
    world.send(payment)
    world.end()

    (dossier,) = dossiers(world, "payment")
    (payload,) = dossiers(world, "payload")
    (transmission,) = dossiers(world, "transmission")

    assert dossier.accepted_at.sequence < dossier.left_at.sequence
    assert (dossier.permitted, dossier.monitored) == (True, True)
    assert dossier.payloads[0].exact_amount
    assert payload.started_at < payload.at < payload.ended_at
    assert payload.sources == {entry.source for entry in payload.lineage}
    assert payload.categories_seen == {"M02"}
    assert (transmission.closed_records, transmission.records_arrived) == (1, 1)
    assert transmission.closed_bytes == transmission.bytes_arrived


def test_a_payload_is_late_only_beyond_the_limit_after_the_platform_was_told() -> None:
    world = AWorld(limits={"stop_s": 2.0})
    world.declare()
    world.announce()
    stopped(world)
    world.arrive("sent before it was told")
    world.deliver("ntc-1")
    world.arrive("one second after")
    world.arrive("two seconds after")
    world.arrive("three seconds after")

    (notice,) = dossiers(world, "notice")

    assert notice.left_late_s == (3.0,)


def test_a_forged_delivery_tells_nothing_however_it_was_answered() -> None:
    world = AWorld(limits={"stop_s": 2.0})
    world.declare()
    world.announce()
    stopped(world)
    world.deliver("ntc-1", status=401, fault="flt-1", forged=True)
    for text in ("one", "two", "three"):
        world.arrive(f"{text} seconds after the forgery")
    true = world.deliver("ntc-1")
    world.arrive("one second after it was told")
    world.end()

    (notice,) = dossiers(world, "notice")

    assert (notice.told_at, notice.left_late_s) == (true.wall_at, ())


def test_a_delivery_that_a_fault_took_away_tells_nothing() -> None:
    world = AWorld(limits={"stop_s": 1.0})
    world.declare()
    world.announce()
    stopped(world)
    world.deliver("ntc-1", status=0, fault="flt-1")
    world.arrive("one")
    world.arrive("two")
    world.arrive("three")

    (notice,) = dossiers(world, "notice")

    assert (notice.told_at, notice.left_late_s) == (None, ())


def test_a_platform_that_polls_is_told_when_the_notice_is_issued() -> None:
    world = AWorld(callback=False, limits={"stop_s": 1.0})
    world.declare()
    world.announce()
    stopped(world)
    world.arrive("one second after")
    world.arrive("two seconds after")

    (notice,) = dossiers(world, "notice")

    assert notice.left_late_s == (2.0,)


def test_what_left_after_the_lift_is_not_late() -> None:
    world = AWorld(limits={"stop_s": 1.0})
    world.declare()
    world.announce()
    stopped(world)
    world.deliver("ntc-1")
    world.decide(ExportLifted(PLATFORM, None, None, world.now))
    world.arrive("lifted")
    world.arrive("lifted too")

    (notice,) = dossiers(world, "notice")

    assert notice.left_late_s == ()


def test_a_new_version_supersedes_and_a_revocation_ends() -> None:
    world = AWorld(limits={"revocation_s": 1.0})
    world.declare()
    world.decide(world.granted(version=2, quota=5))
    world.decide(
        AuthorizationRevoked(AUTHORIZATION, "test", world.now),
        world.notice("ntc-1", "authorization.revoked", AUTHORIZATION, authorization=AUTHORIZATION),
    )
    world.deliver("ntc-1")
    world.ask(world.payment())
    world.arrive("late")
    world.end()

    first, second = dossiers(world, "authorization")

    assert (first.version, first.ended) == (1, None)
    assert (second.version, second.ended.kind) == (2, "revoked")
    assert second.left_late_s == (2.0,)
    assert second.asked_after_end == 1
    assert second.quota_records == 5


def test_an_expiry_needs_no_notice() -> None:
    world = AWorld()
    world.declare()
    until = world.now + timedelta(seconds=3)
    world.decide(world.granted(version=2, until=until))
    world.ask(world.payment())
    world.ask(world.payment())
    world.arrive("at its end")
    world.arrive("one second after: under way")
    world.arrive("two seconds after")
    world.ask(world.payment())
    world.end()

    _, second = dossiers(world, "authorization")

    assert second.ended.kind == "expired"
    assert second.left_late_s == (2.0,)
    assert second.asked_after_end == 1


def test_faults_blind_the_story_in_which_they_were_armed() -> None:
    world = AWorld()
    world.declare()
    world.add(rec.FaultSet("flt-1", "unreachable", "armed", "regulator"))
    payment = world.payment()
    world.ask(payment)
    world.add(rec.FaultSet("flt-1", "unreachable", "reverted", "regulator"))
    world.ask(world.payment())
    world.end()

    during, after = dossiers(world, "payment")

    assert during.asked_under == {"regulator"}
    assert during.blind == {"regulator"}
    assert after.asked_under == frozenset()


def test_a_lost_answer_is_paired_with_its_repetition() -> None:
    world = AWorld()
    world.declare()
    world.exchange("announce", idempotency_key="a", fault="flt-1", status=0)
    world.exchange("announce", idempotency_key="a", replayed=True, taken=False)
    world.exchange("announce", idempotency_key="b", fault="flt-1", status=0)
    world.exchange("announce", idempotency_key="c", fault="flt-1", status=503, taken=False)

    _, repeated, _, forgotten, never_heard = dossiers(world, "request")

    assert (repeated.struck_after_taken, repeated.repeated_with_same_key) == (True, True)
    assert (forgotten.struck_after_taken, forgotten.repeated_with_same_key) == (True, False)
    assert never_heard.struck_after_taken is False


def test_two_recipients_that_hold_one_token_for_a_person_can_join() -> None:
    world = AWorld()
    world.declare()
    one = world.payment()
    payer = one.payer
    other = next(world.traffic.payments(1, merchants=world.traffic.merchants(3), payers=[payer]))
    someone_else = world.payment()
    while someone_else.payer.id == payer.id:
        someone_else = world.payment()
    for payment in (one, other, someone_else):
        world.ask(payment)
    world.arrive(f"amount={one.amount}&token=aaaabbbbccccdddd&rule=constantconstant")
    world.arrive(
        f"amount={other.amount}&token=aaaabbbbccccdddd&rule=constantconstant",
        recipient="acquirer-th",
    )
    world.arrive(f"amount={someone_else.amount}&rule=constantconstant")

    (person,) = dossiers(world, "person")

    assert person.recipients == {"acquirer-sg", "acquirer-th"}
    assert person.shared_tokens == ("************dddd",)


def test_persons_come_in_the_order_of_their_payments() -> None:
    world = AWorld()
    world.declare()
    payments = [world.payment(payers=[payer]) for payer in world.traffic.people(8)]
    for payment in payments:
        world.ask(payment)
    for recipient in ("acquirer-sg", "acquirer-th"):
        world.arrive(" ".join(payment.amount for payment in payments), recipient=recipient)

    persons = dossiers(world, "person")

    assert [person.id for person in persons] == [payment.payer.id for payment in payments]


def test_domestic_payment_and_backlog_are_seen_in_the_case() -> None:
    world = AWorld()
    world.declare()
    world.decide(InspectionOpened("cas-1", PLATFORM, "test", world.now))
    world.decide(
        ExportSuspended(PLATFORM, "cas-1", world.now + timedelta(days=30), world.now),
        world.notice("ntc-1", "export.suspended", PLATFORM, case="cas-1"),
    )
    world.deliver("ntc-1")
    held = world.payment()
    world.ask(held)
    domestic = world.payment(
        merchants=world.traffic.domestic_merchants(1), domestic_share=1.0, routes=()
    )
    world.ask(domestic)
    refused = world.payment(
        merchants=world.traffic.domestic_merchants(1), domestic_share=1.0, routes=()
    )
    world.ask(refused, outcome="refused")
    world.decide(ExportLifted(PLATFORM, None, "cas-1", world.now))
    world.send(held)
    late = world.payment()
    world.ask(late)
    world.end()

    (case,) = dossiers(world, "case")
    first = dossiers(world, "payment")[0]

    assert (case.domestic_asked, case.domestic_failed) == (2, (refused.id,))
    assert (case.asked_after_lift, case.held_after_lift) == (1, (late.id,))
    assert first.asked_while.kind == "suspended"
    assert first.left_under_order_s is None


def test_a_payload_is_laid_beside_the_start_and_the_end_of_its_transmission() -> None:
    world = AWorld()
    world.declare()
    id = world.announce()
    early = world.arrive("before the feed was told")
    world.feed(id, "started", "progressed", "ended", payload=early)
    world.close(id, early)
    world.end()

    (payload,) = dossiers(world, "payload")

    assert payload.at < payload.started_at < payload.transmission_closed_at


def test_a_body_too_large_to_be_kept_was_not_searched() -> None:
    world = AWorld()
    world.declare()
    world.announce()
    content = rec.Body("ab" * 32, 40_000_000)
    world.add(rec.Arrival("acquirer-sg", "POST", "/in", "", {}, content, world.now, 413))
    world.end()

    (payload,) = dossiers(world, "payload")

    assert [leak.kind for leak in payload.leaks] == [UNREADABLE]


def test_a_question_without_data_is_no_payload() -> None:
    world = AWorld(limits={"stop_s": 0.5})
    world.declare()
    world.announce()
    stopped(world)
    world.deliver("ntc-1")
    world.arrive("")
    world.arrive("grant_type=client_credentials&client_id=p&client_secret=s")
    world.end()

    assert [payload.exempt for payload in dossiers(world, "payload")] == [True, True]
    assert dossiers(world, "notice")[0].left_late_s == ()
    assert dossiers(world, "transmission")[0].records_arrived == 0
    assert dossiers(world, "authorization")[0].records_left == 0


def test_an_amount_beside_the_body_is_data() -> None:
    world = AWorld()
    world.declare()
    payment = world.payment()
    world.ask(payment)
    query = f"amount={payment.amount}"
    world.add(
        rec.Arrival("acquirer-sg", "GET", "/in", query, {}, body(""), world.now, 200),
    )
    world.end()

    (payload,) = dossiers(world, "payload")

    assert (payload.exempt, payload.payments) == (False, (payment.id,))


@pytest.mark.parametrize("where", ["recipient", "method", "name", "host", "connection"])
def test_no_part_of_a_request_is_a_hiding_place(where: str) -> None:
    world = AWorld()
    world.declare()
    payment = world.payment()
    world.ask(payment)
    card = plain(payment.payer).card
    headers = {f"x-{card}" if where == "name" else where: card}
    world.add(
        rec.Arrival(
            f"acquirer-{card}" if where == "recipient" else "acquirer-sg",
            card if where == "method" else "GET",
            "/in",
            "",
            headers if where in ("name", "host", "connection") else {},
            body(""),
            world.now,
            200,
        )
    )
    world.end()

    (payload,) = dossiers(world, "payload")

    assert {leak.kind for leak in payload.leaks} == {"card"}


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("sg-0f1e2d3c4b5a69788796", "th-0f1e2d3c4b5a69788796"),
        ("0F1E2D3C4B5A69788796", "0f1e2d3c4b5a69788796"),
    ],
)
@pytest.mark.parametrize("beside", [False, True])
def test_a_token_is_the_same_in_other_dress(here: str, there: str, beside: bool) -> None:
    world = AWorld()
    world.declare()
    payment = world.payment()
    world.ask(payment)
    world.announce()
    for recipient, token in (("acquirer-sg", here), ("acquirer-th", there)):
        headers = {"x-customer": token} if beside else {}
        text = f"amount={payment.amount}" + ("" if beside else f"&token={token}")
        world.arrive(text, recipient=recipient, headers=headers)
    world.end()

    (person,) = dossiers(world, "person")

    assert person.shared_tokens


@pytest.mark.parametrize(("went_well", "before"), [(True, True), (False, False), (None, False)])
def test_a_platform_that_could_not_be_restarted_was_not(
    went_well: bool | None, before: bool
) -> None:
    world = AWorld()
    world.declare()
    world.ask(world.payment())
    world.add(rec.Staged("action", "a_story", {"action": "restart"}))
    if went_well is not None:
        world.add(rec.Staged("action", "a_story", {"taken": "restart", "ok": went_well}))
    world.end()

    (payment,) = dossiers(world, "payment")

    assert payment.asked_before_restart is before


def test_bytes_sent_again_under_a_second_transmission_are_traced_under_each() -> None:
    world = AWorld()
    world.declare()
    payment = world.payment()
    world.ask(payment)
    text = f'{{"amount": "{payment.amount}"}}'
    source, ids = f"source-{payment.id}", []
    for status in (503, 200):
        id = world.announce()
        world.feed(id, "started")
        digest = world.arrive(text, status=status)
        world.feed(id, "started", "progressed", "ended", payload=digest, size=len(text))
        world.close(id, digest, size=len(text))
        world.trace(id, digest, source)
        ids.append(id)
    world.end()

    payloads = dossiers(world, "payload")

    assert [payload.transmission for payload in payloads] == ids
    assert [[each.transmission for each in payload.lineage] for payload in payloads] == [
        [id] for id in ids
    ]
    assert [list(every_record_is_traceable.judge(payload)) for payload in payloads] == [[], []]


def test_lineage_that_names_a_transmission_which_never_told_of_the_bytes_stays_beside_them() -> (
    None
):
    world = AWorld()
    world.declare()
    payment = world.payment()
    world.ask(payment)
    digest = world.send(payment)
    world.trace(world.announce(), digest, f"source-{payment.id}")
    world.end()

    (payload,) = dossiers(world, "payload")

    assert [each.transmission for each in payload.lineage] == ["trm-1", "trm-2"]
    assert [finding.seen for finding in every_record_is_traceable.judge(payload)] == ["trm-2"]


@pytest.mark.parametrize(("lag_s", "is_doubtful"), [(0.6, True), (0.4, False)])
def test_what_is_late_by_no_more_than_the_machine_was_behind_proves_nothing(
    lag_s: float, is_doubtful: bool
) -> None:
    world = AWorld(limits={"stop_s": 2.0})
    world.declare()
    world.announce()
    stopped(world)
    world.deliver("ntc-1")
    for text in ("one", "two", "three"):
        world.arrive(f"{text} seconds after")
    since, until = world.now - timedelta(seconds=1), world.now
    facts = {"since": since.isoformat(), "until": until.isoformat()}
    world.add(rec.Staged("starved", None, {**facts, "run_s": 0.1, "simulator_s": lag_s}))
    world.end()

    (notice,) = dossiers(world, "notice")

    assert notice.left_late_s == (3.0,)
    assert (notice.left_starved is not None) is is_doubtful
