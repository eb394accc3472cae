"""What a step came to, and who is said to have been the limit."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from loadtests.account import Asked
from loadtests.assignment import Assignment, Generated, read, write
from loadtests.lags import Lags, Recovery
from loadtests.limits import Limits
from loadtests.outcome import SENT_LATE, Ceilings
from loadtests.registered import Standing
from loadtests.saturation import Sample, Saturation
from loadtests.search import BREACHED, CONFORMANT, INCONCLUSIVE, INVALID
from loadtests.settling import Settled
from loadtests.target import Checkout, Recipient
from simulator.clock import wall_now
from tests.loadtests.some_steps import CLEAN, LOAD, UNDERREPORTED, a_step, carried, generated

CONVICTED = replace(CLEAN, verdict="not_conformant", breaches=(UNDERREPORTED,))
DOUBTFUL = replace(CLEAN, verdict="inconclusive", doubts=("MON-02 is inconclusive: …",))


def test_a_step_without_breaches_and_without_limits_is_conformant() -> None:
    seen = a_step()

    assert (seen.invalid, seen.breaches, seen.doubts) == ((), (), ())
    assert (seen.verdict, seen.why) == (CONFORMANT, "")


def test_a_requirement_that_failed_is_a_breach_however_fast_the_platform_was() -> None:
    seen = a_step(judged=CONVICTED)

    assert seen.verdict == BREACHED
    assert seen.why == (
        "MON-02, 3 transmissions: closed with counts below what arrived (records in the closing: "
        "0, not 1)"
    )


def test_dropped_messages_make_a_step_invalid_whatever_else_went_wrong() -> None:
    tally = carried()
    for _ in range(3):
        tally.intend(5.0)
        tally.drop(5.0)

    seen = a_step(tally, judged=CONVICTED)

    assert seen.verdict == INVALID
    assert seen.why == (
        "payment: 3 of 203 were dropped, as all 64 senders were waiting for answers; raise "
        "--users, or lower the rate"
    )


def test_one_late_message_in_a_hundred_is_borne_and_more_are_not() -> None:
    tally = carried()
    tally.late = 2
    assert a_step(tally).verdict == CONFORMANT

    tally.late = 3

    assert a_step(tally).verdict == INVALID


def test_a_message_of_which_nothing_is_known_makes_a_step_invalid() -> None:
    tally = carried()
    tally.intend(1.0)

    assert a_step(tally).invalid == ("payment: nobody knows what became of 1 of 201",)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (
            {"generated": replace(generated(), busy={"generator 2": 0.95})},
            "the generator 2 used 95% of a core",
        ),
        (
            {"generated": replace(generated(), complete=False)},
            "time was up before the schedule came to its end",
        ),
        (
            {"generated": replace(generated(), complete=False, vanished=("generator 2",))},
            "generator 2 vanished in the middle of the step; what it had told until then is kept",
        ),
        (
            {"saturation": Saturation(busy={"simulator": 0.93}, cores=2)},
            "the simulator used 93% of its core and may have been the limit",
        ),
        (
            {"saturation": Saturation(unanswered=2, cores=2)},
            "the simulator did not say how it is, 2 times",
        ),
        (
            {"ceilings": Ceilings(15.0, SENT_LATE, 90.0, "")},
            "20 payments/s are more than the 15 that were carried before the load",
        ),
        (
            {"ceilings": Ceilings(200.0, "", 12.0, "the simulator had no processor time left")},
            "20 transmissions/s are more than the 12 that were carried before the load",
        ),
        (
            {"disturbed": ("unreachable could not be armed: gone",)},
            "unreachable could not be armed: gone; play the step again",
        ),
    ],
)
def test_a_limit_of_ours_is_never_the_platforms(other: dict[str, Any], said: str) -> None:
    """Neither a pass nor a fail: the reason, and what to do."""
    for judged in (CLEAN, CONVICTED):
        seen = a_step(judged=judged, **other)
        assert seen.verdict == INVALID
        assert seen.why.startswith(said)
        assert ";" in seen.why, "it says what to do"


FULL = Saturation(busy={"platform": 1.0, "other processes": 0.98}, cores=2)


def test_what_was_done_in_time_on_a_full_machine_was_done_in_time() -> None:
    """Neither generator nor simulator was kept waiting, or the step would be invalid for that."""
    assert a_step(saturation=FULL).verdict == CONFORMANT


def test_a_full_machine_convicts_nobody_of_slowness() -> None:
    seen = a_step(carried(latency_s=1.2), saturation=FULL)

    assert seen.verdict == INVALID
    assert seen.why == (
        "p99_ms: 1200 ms, and 1000 ms is the limit; but the machine had no processor time left "
        "(99% of 2 cores, of them 0.98 by other processes); give the platform, or the generator, a "
        "machine of its own"
    )
    assert a_step(carried(latency_s=1.2)).verdict == BREACHED
    unlimited = Limits(machine_busy_max=None)
    assert a_step(carried(latency_s=1.2), saturation=FULL, limits=unlimited).verdict == BREACHED


def test_a_full_machine_excuses_nothing_that_was_told_wrongly_or_lost() -> None:
    wrong = a_step(saturation=FULL, judged=CONVICTED)
    lost = a_step(saturation=FULL, judged=replace(CLEAN, unseen=2))

    assert (wrong.verdict, lost.verdict) == (BREACHED, BREACHED)


def test_a_full_machine_that_kept_us_waiting_passes_nothing() -> None:
    late = carried()
    late.late = 3
    behind = replace(FULL, samples=[Sample(at, {}, 0.001, loop_lag_s=0.3) for at in (1, 2, 3)])

    assert a_step(late, saturation=FULL).verdict == INVALID
    assert a_step(saturation=behind).verdict == INVALID


def test_what_was_settled_and_never_arrived_was_lost() -> None:
    seen = a_step(judged=replace(CLEAN, unseen=2))

    assert seen.breaches == (
        "error_share_max: 2 of 200 payments (1.00%) came to nothing, and 0.00% is the limit: 2 "
        "settled, and nothing of them arrived",
    )
    assert a_step(judged=replace(CLEAN, unseen=2, unclaimed=1)).verdict == CONFORMANT


def test_a_simulator_that_is_slow_beside_its_work_is_the_limit() -> None:
    slow = Saturation(cores=2)
    slow.answers.record(0.4)
    late = Saturation(cores=2, samples=[Sample(at, {}, 0.001, loop_lag_s=0.3) for at in (1, 2, 3)])
    hiccup = replace(late, samples=[*late.samples[:1], *[Sample(at, {}, 0.001) for at in (2, 3)]])

    (said,) = a_step(saturation=slow).invalid
    assert said.startswith("the simulator took, to say how it is (p99), 400 ms, and 250 ms is the")
    (said,) = a_step(saturation=late).invalid
    assert said.startswith("the simulator was late on its own loop by 300 ms, and 250 ms is the")
    assert a_step(saturation=hiccup).invalid == ()


def test_a_generator_that_signs_slowly_limits_only_what_it_signs_itself() -> None:
    ceilings = Ceilings(200.0, "", 15.0, SENT_LATE)

    assert a_step(ceilings=ceilings).verdict == CONFORMANT
    assert a_step(load=replace(LOAD, feed_rate=16.0), ceilings=ceilings).verdict == INVALID


def test_calibration_that_met_no_limit_limits_nothing() -> None:
    assert a_step(ceilings=Ceilings(15.0, "", 15.0, "")).verdict == CONFORMANT


def test_errors_beyond_the_limit_are_a_breach_with_their_kinds() -> None:
    tally = carried()
    for _ in range(2):
        tally.intend(5.0)
        tally.end(5.0, 5.5, "status 503")

    seen = a_step(tally)

    assert seen.breaches == (
        "error_share_max: 2 of 202 payments (0.99%) came to nothing, and 0.00% is the limit: "
        "status 503, 2 times",
    )
    assert a_step(tally, limits=Limits(error_share_max=0.01)).verdict == CONFORMANT


def test_accepted_payments_that_come_to_nothing_are_errors() -> None:
    settled = Settled(settled=190, refused=1, pending=7, silent=2, after_s=30.0)

    (said,) = a_step(settled=settled).breaches

    assert said == (
        "error_share_max: 10 of 200 payments (5.00%) came to nothing, and 0.00% is the limit: 1 "
        "accepted and then refused; 7 accepted and not settled 30 s after the load; 2 accepted, "
        "and the platform does not say what became of them"
    )


def test_limits_of_latency_and_lag_are_breached_above_them() -> None:
    lags = Lags()
    lags.feed.record(6.0)
    lags.lineage.record(9.0)

    seen = a_step(carried(latency_s=1.2), lags=lags)

    assert seen.breaches == (
        "p99_ms: 1200 ms, and 1000 ms is the limit",
        "feed_lag_p99_ms: 6000 ms, and 5000 ms is the limit",
    )


def test_transmissions_that_stay_open_are_a_breach() -> None:
    assert a_step(drained=False).why == (
        "settle_s: transmissions were still open 30 s after the load, and that is the limit"
    )


def test_a_recovery_that_takes_too_long_or_never_comes_is_a_breach() -> None:
    quick = Recovery("unreachable", lasted_s=3, before=2, most=60, after_s=4.0)
    assert a_step(recoveries=(quick,)).verdict == CONFORMANT

    seen = a_step(recoveries=(replace(quick, after_s=11.0), replace(quick, after_s=None)))

    assert seen.breaches == (
        "recover_s: what unreachable had held back was worked off 11.0 s after its end, and 10 s "
        "is the limit",
        "recover_s: what unreachable had held back was worked off never, and 10 s is the limit",
    )


def test_a_doubt_of_the_judge_is_neither_a_pass_nor_a_breach() -> None:
    seen = a_step(judged=DOUBTFUL)

    assert (seen.verdict, seen.why) == (INCONCLUSIVE, "MON-02 is inconclusive: …")


def test_a_platform_that_died_has_died_whatever_else_was_not_as_meant() -> None:
    tally = carried()
    tally.late = 100

    seen = a_step(tally, gone=("the platform does not answer at 127.0.0.1:8901 any more; …",))

    assert (seen.verdict, seen.why) == (BREACHED, seen.gone[0])
    assert seen.payments.answered == 200, "what was seen until then is kept"


def test_a_simulator_that_died_says_nothing_of_the_platform() -> None:
    seen = a_step(judged=None, disturbed=("the simulator does not answer GET /…; see its log",))

    assert seen.verdict == INVALID


def test_without_a_journal_nothing_is_said() -> None:
    assert a_step(judged=None).verdict == INCONCLUSIVE


def test_what_is_handed_to_the_generator_and_back_arrives_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "passed-on.json"
    checkout = Checkout(
        "POST", "http://p.invalid/", "json", {}, {"a": [1, "{x}"]}, (202,), None, (), (), "/id"
    )
    standing = Standing("http://r.invalid/v1", "key-1", "aut-1", 1)
    recipients = (Recipient("acquirer-sg", "SG"),)
    assignment = Assignment(LOAD, checkout, recipients, standing, path)
    write(path, assignment)
    assert read(path, Assignment) == assignment

    now = wall_now()
    seen = generated(asked=[Asked(1, now, now, 202, '{"a":1}', "accepted", "p-1")])
    write(path, seen)

    assert read(path, Generated) == seen
