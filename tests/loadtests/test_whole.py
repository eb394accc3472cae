"""The one sentence about a load, and its exit code."""

from dataclasses import replace

from loadtests.limits import Limits
from loadtests.outcome import Step
from loadtests.saturation import Saturation
from loadtests.whole import Whole
from tests.loadtests.some_steps import CLEAN, UNDERREPORTED, at

CONVICTED = replace(CLEAN, verdict="not_conformant", breaches=(UNDERREPORTED,))
FULL = Saturation(busy={"simulator": 0.97}, cores=2)


def whole(*steps: Step, asked: float | None = None, rate_min: float | None = None) -> Whole:
    return Whole(
        target="the platform",
        steps=steps,
        limits=Limits(rate_min=rate_min),
        machine={"cores": 2},
        command="reinspect load",
        asked=asked,
    )


def test_it_ends_with_the_highest_conformant_rate_and_what_broke_above_it() -> None:
    seen = whole(at(10), at(20), at(40, judged=CONVICTED), at(30))

    assert seen.sentence == (
        "conformant up to 30 payments/s; first breach at 40: MON-02, 3 transmissions: closed with "
        "counts below what arrived (records in the closing: 0, not 1)"
    )
    assert seen.exit_code == 0


def test_a_breach_at_a_rate_that_was_asked_for_is_not_conformant() -> None:
    steps = (at(10), at(20, judged=CONVICTED))

    assert whole(*steps, asked=20).exit_code == 1
    assert whole(*steps, rate_min=20).exit_code == 1
    assert whole(*steps, rate_min=15).exit_code == 2  # Between 10 and 20 nothing was tried.
    assert whole(*steps, rate_min=10).exit_code == 0


def test_a_breach_at_the_first_rate_of_a_search_is_not_conformant() -> None:
    seen = whole(at(10, judged=CONVICTED), at(5))

    assert seen.exit_code == 1
    assert seen.sentence.startswith("conformant up to 5 payments/s; first breach at 10: MON-02")


def test_where_ours_was_the_limit_it_says_so_and_nothing_of_the_platform() -> None:
    seen = whole(at(10), at(20, saturation=FULL), asked=20)

    assert seen.exit_code == 2
    assert seen.sentence.startswith(
        "conformant up to 10 payments/s; INVALID at 20: the simulator used 97% of its core"
    )


def test_without_a_breach_it_says_how_far_it_went() -> None:
    assert whole(at(10), at(20), asked=20).sentence == (
        "conformant up to 20 payments/s; no breach at any rate that was tried"
    )
    assert whole(at(10), at(20), asked=20).exit_code == 0


def test_a_load_without_steps_says_nothing() -> None:
    assert whole().exit_code == 2
    assert whole().sentence == "conformant at no rate that was tried"


def test_a_load_that_was_broken_off_has_not_ended_well() -> None:
    """What was measured until then is kept, and marked."""
    why = "the platform does not answer at 127.0.0.1:8901; see its log"
    seen = replace(whole(at(10), at(20)), broken_off=why)

    assert seen.exit_code == 2
    assert seen.sentence == (
        "conformant up to 20 payments/s; no breach at any rate that was tried; broken off: "
        "the platform does not answer at 127.0.0.1:8901; see its log"
    )
    assert replace(whole(at(10), at(20, judged=CONVICTED)), broken_off=why).exit_code == 0
