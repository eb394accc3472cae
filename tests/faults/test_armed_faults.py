"""Arming, striking, reverting: all of it in the journal, all of it over by itself."""

import asyncio
import hashlib
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from simulator.catalogue import UnknownId
from simulator.faults import Answer, Blow, Delay, Drop, Hang, Repeat, catalogue_of_faults
from simulator.faults.latency import Latency
from simulator.faults.latency import latency as latency_fault
from simulator.journal.records import Arrival, Body, Delivery, FaultSet
from simulator.journal.sqlite import SqliteStore
from simulator.sandbox import Sandbox

from .conftest import Wall


def strike(sandbox: Sandbox, operation: str = "announce", moment: Any = "before") -> Blow | None:
    return asyncio.run(sandbox.faults.strike("regulator", operation, moment))


def an_arrival(fault: str | None) -> Arrival:
    return Arrival(
        recipient="acquirer-sg",
        method="POST",
        path="/",
        query="",
        headers={},
        body=Body(hashlib.sha256(b"").hexdigest(), 0, text=""),
        received_at=datetime(2023, 6, 1, tzinfo=UTC),
        status=0,
        fault=fault,
    )


def fault_sets(sandbox: Sandbox, store: SqliteStore) -> list[FaultSet]:
    asyncio.run(sandbox.write(an_arrival(None)))
    return [entry.record for entry in store.read("sb") if isinstance(entry.record, FaultSet)]


def test_nothing_strikes_where_nothing_is_armed(sandbox: Sandbox) -> None:
    assert strike(sandbox) is None


def test_an_armed_fault_strikes_its_scope_operation_and_moment_only(sandbox: Sandbox) -> None:
    sandbox.faults.arm("unreachable", scope="regulator", operations=("announce",))

    blow = strike(sandbox)

    assert blow is not None
    assert (blow.fault, blow.name, blow.act, blow.status) == ("flt-1", "unreachable", Drop(), 0)
    assert strike(sandbox, operation="feed") is None
    assert strike(sandbox, moment="after") is None
    assert asyncio.run(sandbox.faults.strike("recipient", "announce", "before")) is None


def test_a_fault_reverts_once_its_last_struck_message_is_in_the_journal(
    sandbox: Sandbox, store: SqliteStore
) -> None:
    sandbox.faults.arm("error_status", scope="regulator", times=1)

    blow = strike(sandbox)
    assert blow is not None
    assert blow.act == Answer(503, (("retry-after", "1"),), b"temporarily out of order\n")
    assert strike(sandbox) is None
    assert [arming.id for arming in sandbox.faults] == ["flt-1"]
    sandbox.append(an_arrival(blow.fault))

    assert list(sandbox.faults) == []
    assert fault_sets(sandbox, store) == [
        FaultSet(
            "flt-1",
            "error_status",
            "armed",
            "regulator",
            (),
            {
                "status": 503,
                "retry_after_s": 1,
                "body": "temporarily out of order\n",
                "probability": 1.0,
                "times": 1,
                "ttl_s": None,
            },
            "before",
        ),
        FaultSet("flt-1", "error_status", "reverted", "regulator", (), struck=1),
    ]


def test_a_notice_that_is_delivered_twice_was_struck_once(sandbox: Sandbox) -> None:
    def deliver(attempt: int, fault: str) -> None:
        at = datetime(2023, 6, 1, tzinfo=UTC)
        sandbox.append(Delivery("ntc-1", attempt, "http://x/", at, at, 204, fault=fault))

    def strike_a_notice() -> Blow:
        blow = asyncio.run(sandbox.faults.strike("notices", "export.stopped", "deliver"))
        assert blow is not None
        return blow

    sandbox.faults.arm("notice_duplicated", scope="notices", times=2)
    first = strike_a_notice()
    assert first.act == Repeat(1)
    deliver(1, first.fault)
    deliver(2, first.fault)
    assert [arming.struck for arming in sandbox.faults] == [1]
    deliver(3, strike_a_notice().fault)

    assert list(sandbox.faults) == []


def test_a_fault_is_not_over_while_a_client_still_hangs(sandbox: Sandbox) -> None:
    sandbox.faults.arm("blackhole", scope="regulator", times=1)
    blow = strike(sandbox)
    assert blow is not None
    assert blow.act == Hang()
    sandbox.append(an_arrival(blow.fault))
    assert [arming.id for arming in sandbox.faults] == ["flt-1"]

    async def gone() -> None:
        pass

    asyncio.run(blow.hang(gone()))

    assert list(sandbox.faults) == []


def test_a_fault_reverts_when_its_wall_time_is_over(sandbox: Sandbox, wall: Wall) -> None:
    arming, _ = sandbox.faults.arm("blackhole", scope="regulator", ttl_s=30)

    wall.pass_by(29.9)
    assert strike(sandbox) is not None
    wall.pass_by(0.1)
    assert strike(sandbox) is None
    assert arming.over.is_set()


def test_a_revert_lets_go_of_whoever_hangs(sandbox: Sandbox) -> None:
    sandbox.faults.arm("blackhole", scope="regulator")
    blow = strike(sandbox)
    assert blow is not None

    async def hang() -> None:
        never = asyncio.Event()
        hanging = asyncio.create_task(blow.hang(never.wait()))
        await asyncio.sleep(0)
        sandbox.faults.revert("flt-1")
        await asyncio.wait_for(hanging, 120)

    asyncio.run(hang())
    assert list(sandbox.faults) == []


def test_chance_is_seeded(sandbox: Sandbox) -> None:
    sandbox.faults.arm("unreachable", scope="regulator", probability=0.5)

    hits = "".join("x" if strike(sandbox) else "." for _ in range(24))

    assert hits == "x....xxx.x.xx....xx...x."


def test_a_restart_forgets_no_armed_fault(sandbox: Sandbox, store: SqliteStore, wall: Wall) -> None:
    sandbox.faults.arm("latency", scope="regulator", times=3, parameters={"delay_s": 0.25})
    sandbox.faults.arm("unreachable", scope="recipient")
    sandbox.faults.revert("flt-2")
    asyncio.run(sandbox.write(an_arrival("flt-1")))

    recovered = Sandbox.recover(store, "sb", wall=wall)

    assert [(one.id, one.name, one.struck, one.times) for one in recovered.faults] == [
        ("flt-1", "latency", 1, 3)
    ]
    blow = strike(recovered)
    assert blow is not None
    assert blow.act == Delay(0.25)
    _, entry = recovered.faults.arm("answer_lost", scope="regulator")
    assert isinstance(entry.record, FaultSet)
    assert entry.record.fault == "flt-3"


def test_a_deleted_sandbox_keeps_nobody_waiting(sandbox: Sandbox) -> None:
    arming, _ = sandbox.faults.arm("blackhole", scope="regulator")

    sandbox.faults.close()

    assert arming.over.is_set()
    assert strike(sandbox) is None


def test_an_unknown_fault_is_refused_with_the_nearest_right_one(sandbox: Sandbox) -> None:
    with pytest.raises(UnknownId, match="did you mean 'unreachable'"):
        sandbox.faults.arm("unreachble", scope="regulator")
    with pytest.raises(ValueError, match="notice_dropped strikes notices, never 'regulator'"):
        sandbox.faults.arm("notice_dropped", scope="regulator")


def test_a_tester_chooses_when_a_fault_strikes_where_it_can_do_both(
    sandbox: Sandbox, store: SqliteStore, wall: Wall
) -> None:
    sandbox.faults.arm("error_status", scope="regulator", moment="after")

    assert strike(sandbox, moment="before") is None
    assert strike(sandbox, moment="after") is not None
    with pytest.raises(ValueError, match="rate_limited strikes before, never 'after'"):
        sandbox.faults.arm("rate_limited", scope="regulator", moment="after")
    asyncio.run(sandbox.write(an_arrival(None)))
    recovered = Sandbox.recover(store, "sb", wall=wall)
    assert strike(recovered, moment="before") is None
    assert strike(recovered, moment="after") is not None


def test_a_journal_that_does_not_say_when_means_the_usual_moment(sandbox: Sandbox) -> None:
    limits = {"probability": 1.0, "times": None, "ttl_s": None}
    sandbox.append(FaultSet("flt-1", "answer_lost", "armed", "regulator", (), limits))

    assert strike(sandbox, moment="after") is not None


def test_a_fault_is_not_over_while_an_answer_still_trickles(sandbox: Sandbox) -> None:
    sandbox.faults.arm("slow_body", scope="regulator", times=1)
    blow = strike(sandbox, moment="after")
    assert blow is not None
    sandbox.append(an_arrival(blow.fault))
    assert [arming.id for arming in sandbox.faults] == ["flt-1"]

    blow.let_go()

    assert list(sandbox.faults) == []


@pytest.mark.parametrize("name", catalogue_of_faults())
def test_the_same_seed_deals_the_same_blows(name: str) -> None:
    fault = catalogue_of_faults()[name]

    def dealt() -> list[Any]:
        chances = [random.Random(f"7/flt-1/{aimed}") for aimed in range(5)]
        return [fault.strike(fault.parameters(), chance) for chance in chances]

    assert dealt() == dealt()


def test_latency_is_drawn_as_its_distribution_says() -> None:
    def drawn(**parameters: Any) -> list[float]:
        chance = random.Random(1)
        acts = [latency_fault.strike(Latency(**parameters), chance) for _ in range(200)]
        return sorted(act.delay_s for act in acts if isinstance(act, Delay))

    assert set(drawn(delay_s=0.3)) == {0.3}
    uniform = drawn(distribution="uniform", delay_s=0.1, delay_s_max=0.2)
    assert 0.1 <= uniform[0] < 0.11
    assert 0.19 < uniform[-1] <= 0.2
    lognormal = drawn(distribution="lognormal", delay_s=0.1, sigma=1.0, delay_s_max=0.5)
    assert 0.08 < lognormal[100] < 0.12
    assert lognormal[-1] == 0.5


@pytest.mark.parametrize("name", catalogue_of_faults())
def test_every_fault_strikes_with_what_it_does_by_default(sandbox: Sandbox, name: str) -> None:
    fault = catalogue_of_faults()[name]
    scope = fault.scopes[0]
    sandbox.faults.arm(name, scope=scope, times=1)

    blow = asyncio.run(sandbox.faults.strike(scope, "anything", fault.moment))

    assert blow is not None
    assert blow.name == name


def test_the_catalogue_of_faults() -> None:
    assert set(catalogue_of_faults()) >= {
        "answer_lost",
        "blackhole",
        "certificate_expired",
        "connection_reset",
        "date_skewed",
        "error_status",
        "latency",
        "notice_altered",
        "notice_delayed",
        "notice_dropped",
        "notice_duplicated",
        "notice_reordered",
        "notice_stale",
        "notice_wrong_key",
        "rate_limited",
        "slow_body",
        "truncated_body",
        "unreachable",
        "unusual_answer",
        "wrong_content_type",
    }
