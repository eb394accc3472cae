"""What became of the messages of one operation."""

from hypothesis import given
from hypothesis import strategies as st

from loadtests.tally import KINDS_MAX, OTHERS, Tally, merged


def test_only_right_answers_have_a_latency() -> None:
    tally = Tally()

    tally.end(1.0, 1.010, None)
    tally.end(1.0, 1.001, "status 503")
    tally.end(1.0, 1.001, "status 503")

    assert (tally.answered, tally.failed, tally.errors) == (1, 2, {"status 503": 2})
    assert tally.latency.max_us == 10_000


def test_a_message_is_late_beyond_fifty_milliseconds() -> None:
    tally = Tally()

    for lag_s in (0.0, 0.05, 0.0501, 3.0):
        tally.begin(0.0, lag_s)

    assert (tally.late, tally.lag.count, tally.lag.max_us) == (2, 4, 3_000_000)


def test_a_broken_platform_does_not_fill_the_report_with_kinds_of_errors() -> None:
    tally = Tally()

    for number in range(KINDS_MAX + 5):
        tally.end(0.0, 0.001, f"error {number}")

    assert len(tally.errors) == KINDS_MAX + 1
    assert (tally.errors[OTHERS], tally.failed) == (5, KINDS_MAX + 5)


def test_a_message_is_counted_in_the_second_in_which_it_was_meant_to_leave() -> None:
    tally = Tally(started=100.0)

    tally.intend(100.9)
    tally.end(100.9, 103.0, None)  # Answered two seconds later.
    tally.intend(102.0)
    tally.drop(102.0)

    assert {number: second.intended for number, second in tally.course.items()} == {0: 1, 2: 1}
    assert (tally.course[0].latency.count, tally.course[2].dropped) == (1, 1)


message = st.tuples(
    st.floats(0, 9.9),  # When it was meant to leave.
    st.floats(0, 0.2),  # How late it left.
    st.floats(0, 30),  # How long the answer took.
    st.sampled_from([None, None, "status 503", "TimeoutError"]),
    st.booleans(),  # Dropped.
    st.integers(0, 3),  # The process that sent it.
)


@given(st.lists(message, max_size=60))
def test_what_several_processes_saw_is_merged_exactly(
    messages: list[tuple[float, float, float, str | None, bool, int]],
) -> None:
    """As if one process had seen everything."""
    whole, parts = Tally(), [Tally() for _ in range(4)]

    for intended, lag, latency, wrong, dropped, process in messages:
        for tally in (whole, parts[process]):
            tally.intend(intended)
            if dropped:
                tally.drop(intended)
            else:
                tally.begin(intended, intended + lag)
                tally.end(intended, intended + lag + latency, wrong)

    assert merged({"payment": part} for part in parts) == {"payment": whole}
