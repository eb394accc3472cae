"""Payloads are joined to transmissions and payments by what can be proved, and the grade says
how."""

from decimal import Decimal

import pytest

from scenarios.judge.assembly import assemble
from scenarios.judge.dossiers import Grade
from scenarios.judge.gathering import read
from scenarios.judge.joining import Joined
from tests.judge.a_world import AWorld


def joins_of(world: AWorld) -> list[Joined]:
    return assemble(read(world.entries)).joined


def test_a_told_digest_that_equals_what_arrived_joins_best() -> None:
    world = AWorld()
    world.declare()
    payment = world.payment()
    world.ask(payment)
    world.send(payment)

    (joined,) = joins_of(world)

    assert (joined.grade, joined.transmission) == (Grade.DIGEST, "trm-1")
    assert joined.payments == (payment.id,)
    assert joined.exact == frozenset({payment.id})


def test_a_unique_amount_joins_through_lineage_when_the_digest_was_not_told() -> None:
    world = AWorld()
    world.declare()
    payment = world.payment()
    world.ask(payment)
    id = world.announce()
    world.arrive(f"amount={payment.amount}&currency={payment.currency}")
    world.trace(id, "cd" * 32, f"source-{payment.id}")

    (joined,) = joins_of(world)

    assert (joined.grade, joined.transmission) == (Grade.PLANTED, "trm-1")
    assert joined.payments == (payment.id,)


def test_being_alone_in_its_window_joins_and_company_makes_it_ambiguous() -> None:
    world = AWorld()
    world.declare()
    world.announce()
    world.arrive("opaque one")
    world.announce()
    world.arrive("opaque two")

    first, second = joins_of(world)

    assert (first.grade, first.transmission) == (Grade.ALONE, "trm-1")
    assert (second.grade, second.transmission) == (Grade.AMBIGUOUS, None)


def test_no_open_transmission_to_the_recipient_proves_that_none_covers_it() -> None:
    world = AWorld()
    world.declare()
    world.announce()
    world.arrive("elsewhere", recipient="acquirer-th")
    world.arrive("elsewhere again", recipient="acquirer-th")

    assert [joined.grade for joined in joins_of(world)] == [Grade.NONE, Grade.NONE]


def test_one_payload_may_carry_many_payments() -> None:
    world = AWorld()
    world.declare()
    payments = [world.payment() for _ in range(3)]
    for payment in payments:
        world.ask(payment)
    world.announce()
    world.arrive("".join(f"{payment.currency};{payment.amount}\n" for payment in payments))

    (joined,) = joins_of(world)

    assert joined.payments == tuple(payment.id for payment in payments)


def test_the_same_bytes_under_the_same_key_are_a_retransmission() -> None:
    world = AWorld()
    world.declare()
    world.announce()
    world.arrive("one", headers={"Idempotency-Key": "a"})
    world.arrive("one", headers={"Idempotency-Key": "a"})
    world.arrive("one", headers={"Idempotency-Key": "b"})
    world.arrive("one")

    first, again, other_key, no_key = joins_of(world)

    assert first.repeats is None
    assert again.repeats == first.at.sequence
    assert other_key.repeats is None
    assert no_key.repeats is None


def test_the_same_bytes_again_after_no_answer_are_a_retransmission_under_any_key() -> None:
    world = AWorld()
    world.declare()
    world.announce()
    world.arrive("one", status=503)
    world.arrive("one")
    world.arrive("one")

    struck, again, twice = joins_of(world)

    assert struck.repeats is None
    assert again.repeats == struck.at.sequence
    assert twice.repeats is None


def test_an_amount_behind_its_currency_is_seen_and_one_inside_a_word_is_not() -> None:
    world = AWorld()
    world.declare()
    glued, hidden = world.payment(), world.payment()
    world.ask(glued)
    world.ask(hidden)
    world.announce()
    world.arrive(f"/32A/SGD{glued.amount.replace('.', ',')}/X{hidden.amount}X")

    (joined,) = joins_of(world)

    assert joined.payments == (glued.id,)


def test_what_left_under_a_transmission_that_was_only_received_is_laid_beside_it() -> None:
    world = AWorld()
    world.declare()
    world.announce(accepted=False)
    world.arrive("too early")

    (joined,) = joins_of(world)

    assert (joined.grade, joined.transmission) == (Grade.NONE, "trm-1")


def test_what_broke_off_and_came_whole_later_is_no_payload_of_its_own() -> None:
    world = AWorld()
    world.declare()
    world.feed(world.announce(), "started")
    world.arrive("the whole", status=0)
    world.arrive("the whole payload")
    world.arrive("another beginning", status=0)

    begun, whole, cut = joins_of(world)

    assert (begun.repeats, begun.began_only) == (whole.at.sequence, True)
    assert whole.repeats is None
    assert (cut.repeats, cut.began_only) == (None, False)


def test_a_digest_told_for_one_recipient_covers_no_other() -> None:
    world = AWorld()
    world.declare()
    payment = world.payment()
    world.ask(payment)
    id = world.announce()
    digest = world.arrive(f"the very bytes {payment.amount}")
    world.arrive(f"the very bytes {payment.amount}", recipient="acquirer-th")
    world.feed(id, "started", "progressed", payload=digest)
    world.trace(id, digest, f"source-{payment.id}")

    there, elsewhere = joins_of(world)

    assert (there.grade, there.transmission) == (Grade.DIGEST, id)
    assert (elsewhere.grade, elsewhere.transmission) == (Grade.NONE, None)


def test_bytes_told_for_two_transmissions_were_sent_under_each() -> None:
    world = AWorld()
    world.declare()
    first = world.announce()
    digest = world.arrive("the very bytes", status=503)
    world.close(first, digest)
    second = world.announce()
    world.arrive("the very bytes")
    world.close(second, digest)

    assert [joined.transmission for joined in joins_of(world)] == [first, second]
    assert [joined.repeats for joined in joins_of(world)] == [None, None]


def test_what_broke_off_while_nothing_permitted_it_is_a_payload_of_its_own() -> None:
    world = AWorld()
    world.declare()
    world.arrive("the whole", status=0)
    world.feed(world.announce(), "started")
    world.arrive("the whole payload")

    begun, _ = joins_of(world)

    assert (begun.repeats, begun.grade) == (None, Grade.NONE)


@pytest.mark.parametrize("written", ["{}SGD", "SGD {}", "{:,}", "{}00", "european"])
def test_an_amount_is_seen_however_people_write_it(written: str) -> None:
    world = AWorld()
    world.declare()
    payment = world.payment()
    world.ask(payment)
    amount = Decimal(payment.amount)
    european = f"{amount:,}".translate(str.maketrans(",.", ".,"))
    world.arrive("amount: " + (european if written == "european" else written.format(amount)))

    (joined,) = joins_of(world)

    assert joined.payments == (payment.id,)
