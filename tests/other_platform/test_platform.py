"""What the counter answers needs nobody abroad, and survives a kill."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.other_platform.batch import Batch, Permit
from tests.other_platform.ledger import Ledger
from tests.other_platform.platform import Platform
from tests.other_platform.watch import Watch
from tests.other_platform.wire import Wire

NOWHERE = "http://127.0.0.1:1"
ABROAD = {"order_no": "pay-1", "total": "1234.99", "acquirer": "acquirer-sg", "land": "SG"}
PERMIT = Permit("aut-1", 1, "acquirer-sg", "SG", "clearing", "active", ("M02",))


@contextmanager
def a_platform(folder: Path) -> Iterator[Platform]:
    """Its threads are not started: nobody can be reached."""
    ledger = Ledger(folder / "ledger.jsonl")
    yield Platform(ledger, Watch(ledger, NOWHERE, "passcode"), Wire(NOWHERE))
    ledger.close()


def test_an_order_that_stays_at_home_is_done_at_once(tmp_path: Path) -> None:
    with a_platform(tmp_path) as platform:
        assert (
            platform.take({"order_no": "pay-1", "total": "5.00", "at_home": "true"}).state == "DONE"
        )


def test_a_recipient_or_country_without_a_contract_is_declined_at_the_counter(
    tmp_path: Path,
) -> None:
    with a_platform(tmp_path) as platform:
        unlisted = platform.take(ABROAD | {"acquirer": "acquirer-xx"})
        elsewhere = platform.take(ABROAD | {"order_no": "pay-2", "land": "LA"})

    assert (unlisted.state, elsewhere.state) == ("DECLINED", "DECLINED")


def test_the_same_order_twice_is_one_order_also_after_a_kill(tmp_path: Path) -> None:
    with a_platform(tmp_path) as platform:
        first = platform.take(ABROAD)
        again = platform.take(ABROAD)
    with a_platform(tmp_path) as restarted:
        after_the_kill = restarted.take(ABROAD)

    assert first == again == after_the_kill
    assert first.state == "OPEN"


def test_a_batch_that_was_over_before_the_kill_has_closed_its_orders_after_it(
    tmp_path: Path,
) -> None:
    with a_platform(tmp_path) as platform:
        left = platform.take(ABROAD)
        stayed = platform.take(ABROAD | {"order_no": "pay-2"})
        batch = Batch("b-1", PERMIT, (left.ref,), left.taken_at, step="over", left="yes")
        platform.keep(batch)
        platform.keep(replace(batch, id="b-2", orders=(stayed.ref,), left="no"))

    with a_platform(tmp_path) as restarted:
        assert restarted.order(left.ref) == replace(left, state="DONE")
        assert restarted.order(stayed.ref) == stayed
