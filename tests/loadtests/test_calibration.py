"""Where generator or simulator give way on a ramp."""

from loadtests.calibration import gave_way
from loadtests.limits import Limits
from loadtests.saturation import Sample
from loadtests.tally import Tally
from tests.loadtests.some_steps import generated

SECONDS = 6


def ramp(*, late_from: int | None = None, late_at: tuple[int, ...] = ()) -> Tally:
    """A ramp on which messages leave late from a second on, or in some seconds only."""
    tally = Tally()
    for second in range(SECONDS):
        late = second in late_at or (late_from is not None and second >= late_from)
        for number in range(100):
            at = second + number / 100
            tally.intend(at)
            tally.begin(at, at + (0.2 if late else 0.001))
            tally.end(at, at + 0.3, None)
    return tally


def samples(*, busy_from: float = 99.0, slow_from: float = 99.0) -> list[Sample]:
    moments = [number / 5 for number in range(SECONDS * 5)]
    return [
        Sample(
            at,
            {"simulator": 0.98 if at >= busy_from else 0.5},
            0.6 if at >= slow_from else 0.002,
        )
        for at in moments
    ]


def test_where_nothing_gives_way_there_is_no_ceiling() -> None:
    assert gave_way(generated(ramp()), samples(), Limits(), "payment") is None


def test_a_generator_that_sends_late_is_the_limit_from_there_on() -> None:
    seen = gave_way(generated(ramp(late_from=3)), samples(), Limits(), "payment")

    assert seen == (3, "the generator sent late")


def test_a_simulator_at_its_limit_is_named_before_what_it_causes() -> None:
    seen = gave_way(generated(ramp(late_from=4)), samples(busy_from=4.0), Limits(), "payment")

    assert seen == (4, "the simulator had no processor time left")
    slow = gave_way(generated(ramp()), samples(slow_from=2.0), Limits(), "payment")
    assert slow == (2, "the simulator was slow to say how it is")


def test_a_single_bad_second_is_no_ceiling() -> None:
    assert gave_way(generated(ramp(late_at=(1,))), samples(), Limits(), "payment") is None
