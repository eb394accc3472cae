"""When messages are to leave."""

import itertools
import statistics
from collections import Counter

import pytest

from loadtests.schedules import catalogue_of_schedules
from loadtests.schedules.double_11 import minutes

ALL = sorted(catalogue_of_schedules())


def arrivals(
    id: str, *, rate: float, seconds: float, seed: int = 1, name: str = "payment"
) -> tuple[float, ...]:
    schedule = catalogue_of_schedules()[id]
    return schedule.arrivals(rate=rate, seconds=seconds, seed=seed, name=name)


def by_tenths(made: tuple[float, ...], seconds: float) -> list[int]:
    """How many leave in each tenth of the time."""
    counted = Counter(int(moment / seconds * 10) for moment in made)
    return [counted[tenth] for tenth in range(10)]


def test_a_constant_schedule_keeps_equal_gaps() -> None:
    made = arrivals("constant", rate=4, seconds=2)

    assert made == pytest.approx((0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75))


@pytest.mark.parametrize("id", ALL)
def test_the_same_seed_gives_the_same_arrivals_and_another_others(id: str) -> None:
    first = arrivals(id, rate=20, seconds=30, seed=7)

    assert first == arrivals(id, rate=20, seconds=30, seed=7)
    if catalogue_of_schedules()[id].random:
        assert first != arrivals(id, rate=20, seconds=30, seed=8)
        assert first != arrivals(id, rate=20, seconds=30, seed=7, name="transmission")


@pytest.mark.parametrize("id", ALL)
def test_all_arrivals_are_in_order_within_the_time_and_as_many_as_is_said(id: str) -> None:
    schedule = catalogue_of_schedules()[id]

    for rate, seconds in ((20, 30), (0.1, 5), (333.3, 1)):
        made = arrivals(id, rate=rate, seconds=seconds)
        assert list(made) == sorted(made)
        assert all(0 <= moment < seconds for moment in made)
        assert len(made) == schedule.messages(rate=rate, seconds=seconds)


@pytest.mark.parametrize("id", ALL)
def test_no_shape_goes_beyond_the_highest_rate_and_each_reaches_it(id: str) -> None:
    shape = catalogue_of_schedules()[id].shape
    shares = [shape(place / 2_000) for place in range(2_000)]

    assert min(shares) >= 0
    assert max(shares) == pytest.approx(1.0, abs=0.01)


def test_the_rate_is_as_asked() -> None:
    for rate, seconds, count in ((20, 30, 600), (0.1, 5, 0), (0.5, 3, 2), (333.3, 1, 333)):
        assert len(arrivals("poisson", rate=rate, seconds=seconds)) == count


def test_poisson_gaps_spread_as_far_as_they_are_long() -> None:
    """The mark of arrivals that know nothing of one another: deviation and mean are equal."""
    made = arrivals("poisson", rate=100, seconds=100, seed=3)
    gaps = [later - earlier for earlier, later in itertools.pairwise(made)]

    assert 0.95 < statistics.stdev(gaps) / statistics.mean(gaps) < 1.05


def test_a_ramp_rises_evenly() -> None:
    counted = by_tenths(arrivals("ramp", rate=2_000, seconds=10), 10)

    expected = [200 * tenth + 100 for tenth in range(10)]
    assert counted == pytest.approx(expected, rel=0.1, abs=40)


def test_steps_are_four_stairs() -> None:
    quarters = by_tenths(arrivals("steps", rate=1_000, seconds=40), 40)

    assert quarters[0] == pytest.approx(1_000, rel=0.1)
    assert quarters[3] == pytest.approx(2_000, rel=0.1)
    assert quarters[9] == pytest.approx(4_000, rel=0.1)


def test_a_spike_brings_five_times_the_usual_for_a_tenth_of_the_time() -> None:
    counted = by_tenths(arrivals("spike", rate=1_000, seconds=10), 10)

    assert counted[4] == pytest.approx(1_000, rel=0.1)
    usual = counted[:4] + counted[5:]
    assert usual == pytest.approx([200] * 9, rel=0.25)


def test_a_double_11_evening_peaks_just_after_midnight() -> None:
    curve = minutes()

    assert len(curve) == 6 * 60 + 1
    assert 4 * 60 <= curve.index(max(curve)) <= 4 * 60 + 2
    assert curve[0] < curve[4 * 60] > curve[-1]
    assert curve[4 * 60] > 3 * curve[4 * 60 - 1]


def test_a_soak_begins_gently() -> None:
    counted = by_tenths(arrivals("soak", rate=100, seconds=1_000), 20)  # The first fiftieth.

    assert counted[0] < counted[9]
