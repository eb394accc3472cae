"""What a load came to, and who is said to have been the limit."""

from dataclasses import replace
from pathlib import Path

from loadtests.assignment import Assignment, Generated, Load, read, write
from loadtests.outcome import Outcome, as_json
from loadtests.registered import Standing
from loadtests.settling import Settled
from loadtests.tally import Tally
from loadtests.target import Checkout, Recipient

LOAD = Load(seed=1, seconds=10.0, rate=20.0, feed_rate=5.0, senders=64, manner="poisson")
SOUND = Settled(settled=200, refused=0, pending=0, silent=0, after_s=0.4)


def carried(*, intended: int = 200) -> Tally:
    tally = Tally(intended=intended)
    for _ in range(intended):
        tally.begin(0.001)
        tally.end(0.010, None)
    return tally


def outcome(
    tally: Tally | None = None, settled: Settled | None = SOUND, **other: object
) -> Outcome:
    generated = Generated(
        tallies={"payment": tally or carried()},
        accepted=[],
        lasted_s=10.0,
        busy={"generator": 0.2, "simulator": 0.9},
        warned=False,
    )
    return Outcome(
        LOAD,
        replace(generated, **other),  # type: ignore[arg-type]
        settled,
        {"cores": 2},
        "the platform",
        processes=("simulator",),
    )


def test_a_load_without_errors_and_without_limits_is_carried() -> None:
    seen = outcome()

    assert (seen.limits, seen.errors, seen.exit_code) == ((), (), 0)


def test_errors_are_not_carried() -> None:
    tally = carried()
    tally.intended += 2
    tally.end(0.5, "status 503")
    tally.end(0.5, "status 503")

    seen = outcome(tally)

    assert seen.errors == ("payment: status 503, 2 times",)
    assert seen.exit_code == 1


def test_dropped_messages_leave_the_load_uncertain_whatever_else_went_wrong() -> None:
    tally = carried()
    tally.intended += 4
    tally.dropped = 3
    tally.end(0.5, "status 503")

    seen = outcome(tally)

    assert seen.limits == (
        "payment: 3 of 204 were dropped, as all 64 senders were waiting for answers; lower the "
        "rate, or raise --users",
    )
    assert seen.exit_code == 2


def test_one_late_message_in_a_hundred_is_borne_and_more_are_not() -> None:
    tally = carried()
    tally.late = 2
    assert outcome(tally).exit_code == 0

    tally.late = 3

    assert outcome(tally).exit_code == 2


def test_a_message_of_which_nothing_is_known_leaves_the_load_uncertain() -> None:
    tally = carried()
    tally.intended += 1

    seen = outcome(tally)

    assert seen.limits == ("payment: nobody knows what became of 1 of 201",)
    assert seen.exit_code == 2


def test_a_generator_without_room_is_the_limit() -> None:
    for other in (
        {"busy": {"generator": 0.95, "simulator": 0.1}},
        {"warned": True},
        {"complete": False},
    ):
        assert outcome(**other).exit_code == 2


def test_accepted_payments_that_come_to_nothing_are_errors() -> None:
    settled = Settled(settled=190, refused=1, pending=7, silent=2, after_s=30.0)

    seen = outcome(settled=settled)

    assert seen.errors == (
        "payment: 1 were accepted and then refused",
        "payment: 7 were accepted and not settled 30 s after the load",
        "payment: 2 were accepted, and the platform does not say what became of them",
    )
    assert seen.exit_code == 1


def test_a_party_that_ended_by_itself_is_an_error() -> None:
    seen = outcome(busy={"generator": 0.1})

    assert seen.errors == ("the simulator ended by itself; its log says why",)


def test_the_figures_say_everything_in_numbers() -> None:
    told = as_json(outcome())

    assert told["operations"]["payment"] == {
        "intended": 200,
        "answered": 200,
        "rate": 20.0,
        "errors": {},
        "dropped": 0,
        "lost": 0,
        "late": 0,
        "lag_us": {"p50": 1000, "p90": 1000, "p99": 1000, "max": 1000},
        "latency_us": {"p50": 10000, "p90": 10000, "p99": 10000, "max": 10000},
        "latency_buckets": {"4322": 200},
    }
    assert told["load"]["seed"] == 1
    assert (told["limits"], told["errors"], told["exit_code"]) == ([], [], 0)


def test_what_is_handed_to_the_generator_and_back_arrives_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "passed-on.json"
    checkout = Checkout(
        "POST", "http://p.invalid/", "json", {}, {"a": [1, "{x}"]}, (202,), None, (), (), "/id"
    )
    standing = Standing("http://r.invalid/v1", "key-1", "aut-1", 1)
    recipients = (Recipient("acquirer-sg", "SG"),)
    assignment = Assignment(LOAD, checkout, recipients, standing, {"simulator": 17}, path)
    write(path, assignment)
    assert read(path, Assignment) == assignment

    generated = outcome().generated
    write(path, generated)

    assert read(path, Generated) == generated
