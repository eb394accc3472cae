"""What became of the messages of one operation."""

from loadtests.tally import KINDS_MAX, OTHERS, Tally


def test_only_right_answers_have_a_latency() -> None:
    tally = Tally()

    tally.end(0.010, None)
    tally.end(0.001, "status 503")
    tally.end(0.001, "status 503")

    assert (tally.answered, tally.failed, tally.errors) == (1, 2, {"status 503": 2})
    assert tally.latency.max_us == 10_000


def test_a_message_is_late_beyond_fifty_milliseconds() -> None:
    tally = Tally()

    for lag_s in (0.0, 0.05, 0.0501, 3.0):
        tally.begin(lag_s)

    assert (tally.late, tally.lag.count, tally.lag.max_us) == (2, 4, 3_000_000)


def test_a_broken_platform_does_not_fill_the_report_with_kinds_of_errors() -> None:
    tally = Tally()

    for number in range(KINDS_MAX + 5):
        tally.end(0.001, f"error {number}")

    assert len(tally.errors) == KINDS_MAX + 1
    assert (tally.errors[OTHERS], tally.failed) == (5, KINDS_MAX + 5)
