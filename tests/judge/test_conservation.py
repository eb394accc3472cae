"""Whether what was settled arrived, and whether anybody can tell."""

from scenarios.judge.assembly import assemble
from scenarios.judge.conservation import conserved
from scenarios.judge.gathering import read
from simulator.journal.records import Followed
from tests.judge.a_world import AWorld


def test_a_settled_payment_of_which_nothing_arrived_is_unseen() -> None:
    world = AWorld()
    world.declare()
    arrived, lost, pending = (world.payment() for _ in range(3))
    for payment in (arrived, lost, pending):
        world.ask(payment)
    world.send(arrived)
    world.add(Followed(arrived.id, "settled", world.now))
    world.add(Followed(lost.id, "settled", world.now))
    world.add(Followed(pending.id, "pending", world.now))
    world.end()

    assert conserved(assemble(read(world.entries))) == {"settled": 2, "unseen": 1, "unclaimed": 0}


def test_a_payload_that_can_be_tied_to_no_payment_is_unclaimed() -> None:
    """It may have been the unseen one, in a form that nobody can read."""
    world = AWorld()
    world.declare()
    payment = world.payment()
    world.ask(payment)
    world.add(Followed(payment.id, "settled", world.now))
    world.announce()
    world.arrive("\u6587 nobody knows what")
    world.end()

    assert conserved(assemble(read(world.entries))) == {"settled": 1, "unseen": 1, "unclaimed": 1}
