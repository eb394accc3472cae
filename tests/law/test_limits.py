"""Limits of the profile, which a target may only tighten."""

from dataclasses import asdict

import pytest

from simulator.law.limits import PROFILE, LimitRefused, Limits, tighten


def test_the_profile_sets_the_published_limits() -> None:
    assert asdict(PROFILE) == {
        "stop_s": 5,
        "revocation_s": 5,
        "notice_acknowledged_s": 10,
        "sample_answered_s": 60,
        "rectification_days": 30,
    }


def test_a_target_may_tighten_and_keeps_the_rest() -> None:
    assert tighten(PROFILE, {"stop_s": 2, "rectification_days": 30}) == Limits(stop_s=2)
    assert tighten(PROFILE, {}) == PROFILE


def test_a_looser_value_is_refused_with_field_value_and_bound() -> None:
    with pytest.raises(LimitRefused) as refused:
        tighten(PROFILE, {"stop_s": 7.5})

    assert str(refused.value) == (
        "limits.stop_s may only be tightened: it must be at most 5, but was 7.5"
    )


def test_every_wrong_value_is_named_at_once() -> None:
    with pytest.raises(LimitRefused) as refused:
        tighten(
            PROFILE,
            {
                "stop": 1,
                "revocation_s": 0,
                "notice_acknowledged_s": "ten",
                "sample_answered_s": True,
                "rectification_days": 10**400,
            },
        )

    assert [problem.split()[0] for problem in refused.value.problems] == [
        "limits.stop",
        "limits.revocation_s",
        "limits.notice_acknowledged_s",
        "limits.sample_answered_s",
        "limits.rectification_days",
    ]
    assert refused.value.problems[0] == "limits.stop is not a limit; did you mean 'stop_s'?"
    assert refused.value.problems[1] == "limits.revocation_s must be a number above 0, but was 0"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, None])
def test_what_is_no_positive_number_is_no_limit(value: object) -> None:
    with pytest.raises(LimitRefused, match=r"limits\.stop_s must be a number above 0"):
        tighten(PROFILE, {"stop_s": value})
