"""Faults within a step: how they are written, and when they are armed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from loadtests.fault_plan import Arming, FaultUnreadable, PlannedFault, check, moments, read


def test_a_fault_is_read_with_its_time_its_arming_and_its_parameters() -> None:
    text = "error_status:scope=regulator,operations=announce+feed,probability=0.5,status=503@1.5-4"

    assert read(text) == PlannedFault(
        "error_status",
        1.5,
        4.0,
        {"scope": "regulator", "operations": ["announce", "feed"], "probability": 0.5},
        {"status": 503},
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unreachable", "has no time"),
        ("@1-2", "has no time"),
        ("unreachable@soon-later", "is no time in seconds"),
        ("unreachable@4-2", "must end after it begins"),
        ("latency:slow@1-2", "'slow' is no setting"),
    ],
)
def test_what_cannot_be_read_is_told_with_an_example(text: str, said: str) -> None:
    with pytest.raises(FaultUnreadable, match=said):
        read(text)


def test_without_a_scope_it_strikes_where_it_usually_does() -> None:
    (checked,) = check([read("unreachable@1-2")], seconds=5)

    assert checked.order == {"name": "unreachable", "scope": "regulator", "parameters": {}}


def test_what_ends_goes_before_what_begins() -> None:
    faults = [read("unreachable@2-4"), read("latency@4-5"), read("blackhole@0-9")]

    assert moments(faults) == [
        (0.0, 2, "arm"),
        (2.0, 0, "arm"),
        (4.0, 0, "revert"),
        (4.0, 1, "arm"),
        (5.0, 1, "revert"),
        (9.0, 2, "revert"),
    ]


def test_faults_are_armed_and_reverted_by_the_clock_of_the_generator(tmp_path: Path) -> None:
    """A clock that started long ago: everything is due at once, and in order."""
    started = tmp_path / "started"
    started.write_text("0.0")
    done: list[str] = []

    def arm(order: Mapping[str, Any]) -> str:
        done.append(f"armed {order['name']}")
        return f"id of {order['name']}"

    arming = Arming(
        [read("unreachable@2-4"), read("latency:delay_s=0.1@4-5")],
        started,
        arm=arm,
        revert=lambda id: done.append(f"reverted {id}"),
    )
    with arming:
        arming.wait()

    assert done == [
        "armed unreachable",
        "reverted id of unreachable",
        "armed latency",
        "reverted id of latency",
    ]
    assert (arming.armed, arming.wrong) == (["unreachable", "latency"], [])


def test_a_fault_that_cannot_be_armed_is_told_and_not_reverted(tmp_path: Path) -> None:
    started = tmp_path / "started"
    started.write_text("0.0")
    reverted: list[str] = []

    def arm(order: Mapping[str, Any]) -> str:
        raise RuntimeError("the simulator is gone")

    arming = Arming([read("unreachable@2-4")], started, arm=arm, revert=reverted.append)
    with arming:
        arming.wait()

    assert arming.wrong == ["unreachable could not be armed: the simulator is gone"]
    assert reverted == []


def test_a_clock_that_never_starts_arms_nothing(tmp_path: Path) -> None:
    def arm(order: Mapping[str, Any]) -> str:
        raise AssertionError("nothing must be armed")

    with Arming([read("unreachable@2-4")], tmp_path / "no", arm=arm, revert=print) as arming:
        pass

    assert (arming.armed, arming.wrong) == ([], [])
