"""However platform, tester and time act, what may never happen never does.

`make test` plays a fixed share of lives. As many others as are asked for are played by

    .venv/bin/python -m tests.regulator.test_lifecycle_together EXAMPLES STEPS SEED

which tells at the end which of the steps drawn in `docs/lifecycles.md` the lives have taken.
"""

import sys

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.regulator.carrying_on import CarryingOn
from tests.regulator.drawn import report


class Everything(CarryingOn):
    """Every command that a platform, a tester or time can give, in every manner."""


TestEverything = Everything.TestCase
TestEverything.settings = settings(
    derandomize=True,
    max_examples=50,
    stateful_step_count=25,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def _at_length(examples: int, steps: int, number: int) -> None:
    """Plays other lives; the first that shows a defect is shortened, printed and raised."""
    try:
        _play(examples, steps, number)
    finally:
        print(*report(Everything.taken), sep="\n")


def _play(examples: int, steps: int, number: int) -> None:
    run_state_machine_as_test(
        seed(number)(Everything),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            verbosity=Verbosity.normal,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )


if __name__ == "__main__":
    _at_length(*map(int, sys.argv[1:]))
