"""The command line: defaults, limits, and what is said of wrong options."""

from pathlib import Path

import pytest

from loadtests.assignment import Load
from loadtests.options import Options, UsageError, parse
from loadtests.run import main


def test_without_options_the_reference_platform_gets_ten_payments_a_second() -> None:
    load = Load(seed=1, seconds=30.0, rate=10.0, feed_rate=10.0, senders=64, manner="poisson")

    assert parse([]) == Options(load, None, Path("runs"))


def test_every_option_has_its_effect(tmp_path: Path) -> None:
    target = tmp_path / "target.toml"
    target.touch()

    how_much = ["--seconds", "5", "--rate", "2.5", "--feed-rate", "7", "--users", "3"]
    how = ["--seed", "9", "--schedule", "constant"]
    options = parse([*how_much, *how, "--target", str(target), "--out", str(tmp_path)])

    load = Load(seed=9, seconds=5.0, rate=2.5, feed_rate=7.0, senders=3, manner="constant")
    assert options == Options(load, target, tmp_path)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--seconds", "0"], "--seconds: must be a number from 1 to 600, but was '0'"),
        (["--seconds", "nan"], "--seconds: must be a number from 1 to 600, but was 'nan'"),
        (["--rate", "fast"], "--rate: must be a number from 0.1 to 5000, but was 'fast'"),
        (["--users", "1.5"], "--users: must be a whole number from 1 to 2000, but was '1.5'"),
        (["--seed", "-1"], "--seed: must be a whole number from 0 to"),
        (["--schedule", "burst"], "invalid choice: 'burst'"),
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


def test_a_load_that_would_not_fit_into_memory_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        parse(["--rate", "5000", "--seconds", "600"])

    assert str(refused.value) == (
        "--rate 5000 for 600 s are 3,000,000 messages, and 100,000 is the most: lower --rate or "
        "--seconds"
    )


def test_a_target_file_that_is_not_there_exits_64(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--target", "nowhere.toml"]) == 64
    assert "there is no target file 'nowhere.toml'" in capsys.readouterr().err


def test_a_new_seed_is_drawn_for_a_platform_that_may_know_the_old_payments(tmp_path: Path) -> None:
    target = tmp_path / "target.toml"
    target.touch()

    seeds = {parse(["--target", str(target)]).load.seed for _ in range(5)}

    assert len(seeds) > 1
