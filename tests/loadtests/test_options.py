"""The command line: defaults, limits, and what is said of wrong options."""

from pathlib import Path

import pytest

from loadtests.assignment import Load
from loadtests.fault_plan import PlannedFault
from loadtests.limits import Limits
from loadtests.options import Compare, Options, Serve, UsageError, parse
from loadtests.run import main
from loadtests.search import Knee, Listed


def load_of(arguments: list[str]) -> Options:
    options = parse(arguments)
    assert isinstance(options, Options)
    return options


def test_without_options_the_knee_of_the_reference_platform_is_searched() -> None:
    load = Load(seed=1, seconds=10.0, rate=10.0, feed_rate=0.0, senders=256, schedule="poisson")

    options = load_of([])

    assert options == Options(load, None, 1_000.0, Limits(), None, Path("runs"))
    assert options.plan == Knee(first=10.0, most=1_000.0, least=2.0)


def test_every_option_has_its_effect(tmp_path: Path) -> None:
    target, limits = tmp_path / "target.toml", tmp_path / "limits.toml"
    target.touch()
    limits.write_text("p99_ms = 800")

    how_much = ["--seconds", "5", "--steps", "40,20", "--feed-rate", "7", "--users", "3"]
    how = ["--seed", "9", "--schedule", "constant", "--workers", "2", "--client", "raw"]
    what = ["--batch", "4", "--limits", str(limits), "--no-calibration"]
    broken = ["--fault", "latency:scope=recipient,delay_s=0.5@1-3"]
    options = load_of(
        [*how_much, *how, *what, *broken, "--target", str(target), "--out", str(tmp_path)]
    )

    load = Load(
        seed=9, seconds=5.0, rate=40.0, feed_rate=7.0, senders=3, schedule="constant", batch=4
    )
    assert options == Options(
        load,
        (40.0, 20.0),
        1_000.0,
        Limits(p99_ms=800.0),
        target,
        tmp_path,
        workers=2,
        client="raw",
        faults=(PlannedFault("latency", 1.0, 3.0, {"scope": "recipient"}, {"delay_s": 0.5}),),
        calibrated=False,
    )
    assert options.plan == Listed([40.0, 20.0])


def test_the_limits_of_a_target_file_hold(tmp_path: Path) -> None:
    target = tmp_path / "target.toml"
    target.write_text("[load]\np99_ms = 700")

    assert load_of(["--target", str(target)]).limits == Limits(p99_ms=700.0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--seconds", "0"], "--seconds: must be a number from 1 to 86400, but was '0'"),
        (["--seconds", "nan"], "--seconds: must be a number from 1 to 86400, but was 'nan'"),
        (["--steps", "10,fast"], "--steps: must be a number from 0.1 to 20000, but was 'fast'"),
        (["--users", "1.5"], "--users: must be a whole number from 1 to 2000, but was '1.5'"),
        (["--seed", "-1"], "--seed: must be a whole number from 0 to"),
        (["--schedule", "burst"], "invalid choice: 'burst'"),
        (["--fault", "unreachable"], "'unreachable' has no time; write such as unreachable:scope="),
        (["--worker", "9"], "must be host and port, such as 192.0.2.1:5557, but was '9'"),
        (["--bogus"], "unrecognized arguments: --bogus"),
    ],
)
def test_a_wrong_option_is_named_with_its_value_and_exits_64(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments)

    assert ended.value.code == 64
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--steps", "5000", "--seconds", "600"],
            "--steps 5000 for 600 s are 3,000,000 messages, and 200,000 is the most: lower --steps "
            "or --seconds",
        ),
        (
            ["--steps", "10,1", "--seconds", "5"],
            "--steps 1 for --seconds 5 are 5 payments (poisson), and fewer than 20 prove nothing: "
            "raise --seconds or the rate",
        ),
        (
            ["--from", "50", "--to", "40"],
            "--from 50 is more than --to 40; a search goes upwards: lower --from or raise --to",
        ),
        (
            ["--prepare"],
            "--prepare prepares one step; write its rate, such as --steps 20",
        ),
        (
            ["--workers", "2", "--remote", "2"],
            "--workers are processes of this machine and --remote of others; leave out --workers, "
            "and start workers here as you do elsewhere",
        ),
        (
            ["--seconds", "5", "--fault", "unreachable@1-6"],
            "--fault: unreachable is to end after 6 s, and a step has 5 s: end it earlier, so that "
            "its recovery can be seen, or raise --seconds",
        ),
        (
            ["--fault", "unreachabel@1-6"],
            "--fault: there is no fault 'unreachabel'; did you mean 'unreachable'?",
        ),
        (
            ["--fault", "unreachable:scope=notices@1-6"],
            "--fault: unreachable cannot strike at 'notices'; choose regulator or recipient",
        ),
    ],
)
def test_a_load_that_cannot_be_sent_or_proves_nothing_is_refused(
    arguments: list[str], said: str
) -> None:
    with pytest.raises(UsageError) as refused:
        parse(arguments)

    assert str(refused.value) == said


def test_a_minimum_rate_that_no_step_reaches_is_refused(tmp_path: Path) -> None:
    limits = tmp_path / "limits.toml"
    limits.write_text("rate_min = 200")

    with pytest.raises(UsageError) as refused:
        parse(["--limits", str(limits), "--steps", "50,100"])

    assert str(refused.value) == (
        "the limit rate_min is 200, and no step goes so high: raise --steps to 200 at least, or "
        "lower rate_min"
    )


def test_a_target_file_that_is_not_there_exits_64(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--target", "nowhere.toml"]) == 64
    assert "there is no target file 'nowhere.toml'" in capsys.readouterr().err


def test_a_new_seed_is_drawn_for_a_platform_that_may_know_the_old_payments(tmp_path: Path) -> None:
    target = tmp_path / "target.toml"
    target.touch()

    seeds = {load_of(["--target", str(target)]).load.seed for _ in range(5)}

    assert len(seeds) > 1


def test_it_can_be_asked_to_serve_another_machine_or_to_compare() -> None:
    assert parse(["--worker", "192.0.2.1:5557", "--client", "raw"]) == Serve(
        ("192.0.2.1", 5557), "raw"
    )
    assert parse(["--compare", "runs/load-1", "runs/load-2"]) == Compare(
        Path("runs/load-1"), Path("runs/load-2")
    )
