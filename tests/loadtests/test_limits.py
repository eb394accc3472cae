"""Limits as data: what is wrong with them is told at once, with field, value and remedy."""

from pathlib import Path

import pytest

from loadtests.limits import Limits, LimitsUnreadable, of_profile, of_table, of_target


def test_what_is_not_stated_is_as_usual() -> None:
    assert of_table({}) == Limits()
    assert of_table({"p99_ms": 800, "rate_min": 20}) == Limits(p99_ms=800.0, rate_min=20.0)


def test_false_is_no_limit() -> None:
    assert of_table({"p99_ms": False}).p99_ms is None


def test_every_mistake_is_told_at_once() -> None:
    table = {
        "p99_ms": "fast",
        "p99": 3,
        "error_share_max": 2,
        "settle_s": False,
        "rate_min": -1,
        "recover_s": True,
    }

    with pytest.raises(LimitsUnreadable) as refused:
        of_table(table, "target.toml: load.")

    assert str(refused.value).splitlines() == [
        "target.toml: load.p99_ms is 'fast': write a number greater than 0, or false for no limit",
        "target.toml: load.p99 is 3: there is no such limit; did you mean 'p99_ms'?",
        "target.toml: load.error_share_max is 2: write a number from 0 to 1",
        "target.toml: load.settle_s is False: write a number greater than 0",
        "target.toml: load.rate_min is -1: write a number greater than 0, or false for no limit",
        "target.toml: load.recover_s is True: write a number greater than 0, or false for no limit",
    ]


def test_limits_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(LimitsUnreadable) as refused:
        of_table({"feed_lag_p99_ms": 40_000, "settle_s": 30, "error_share_max": 1})

    assert str(refused.value).splitlines() == [
        "feed_lag_p99_ms is 40000 and settle_s is 30: what may be told after 40 s cannot be over "
        "after 30 s; raise settle_s or lower feed_lag_p99_ms",
        "error_share_max is 1: then a platform that refuses everything keeps to it; write less",
    ]


def test_a_file_that_is_no_toml_is_told_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "limits.toml"
    path.write_text("p99_ms: 800")

    with pytest.raises(LimitsUnreadable, match="is not TOML"):
        of_profile(path)
    with pytest.raises(LimitsUnreadable, match="check the path"):
        of_target(tmp_path / "nowhere.toml")
