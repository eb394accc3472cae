"""When messages are to leave."""

import itertools
import statistics

from loadtests.schedule import arrivals


def test_a_constant_schedule_keeps_equal_gaps() -> None:
    made = arrivals(rate=4, seconds=2, seed=1, name="payment", manner="constant")

    assert made == (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75)


def test_the_same_seed_gives_the_same_arrivals() -> None:
    first = arrivals(rate=20, seconds=30, seed=7, name="payment", manner="poisson")
    again = arrivals(rate=20, seconds=30, seed=7, name="payment", manner="poisson")

    assert first == again


def test_another_seed_or_name_gives_other_arrivals() -> None:
    made = {
        arrivals(rate=20, seconds=30, seed=seed, name=name, manner="poisson")
        for seed, name in ((7, "payment"), (8, "payment"), (7, "transmission"))
    }

    assert len(made) == 3


def test_the_rate_is_as_asked() -> None:
    for rate, seconds, count in ((20, 30, 600), (0.1, 5, 0), (0.5, 3, 2), (333.3, 1, 333)):
        made = arrivals(rate=rate, seconds=seconds, seed=1, name="payment", manner="poisson")
        assert len(made) == count
        assert list(made) == sorted(made)
        assert all(0 <= moment < seconds for moment in made)


def test_poisson_gaps_spread_as_far_as_they_are_long() -> None:
    """The mark of arrivals that know nothing of one another: deviation and mean are equal."""
    made = arrivals(rate=100, seconds=100, seed=3, name="payment", manner="poisson")
    gaps = [later - earlier for earlier, later in itertools.pairwise(made)]

    assert 0.95 < statistics.stdev(gaps) / statistics.mean(gaps) < 1.05
