"""A run is patient with a machine that is behind, and writes it down for the judge."""

import asyncio

import pytest

from scenarios.control import Control
from scenarios.notebook import Notebook
from scenarios.pace import Pace
from simulator.journal.records import Record, Staged

SINCE = "2026-01-01T00:00:00+00:00"


class Kept(Notebook):
    """A notebook that nobody sends off."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def write(self, record: Record) -> None:
        self.records.append(record)


class Behind(Control):
    """The control of a simulator whose loop is two seconds late."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def loop_lag_s(self) -> float:
        self.asked.set()
        return 2.0


@pytest.mark.parametrize(
    ("own_s", "simulator_s", "stretch", "longer_s", "is_noted"),
    [
        (0.0, 0.01, 1.0, 0.0, False),
        (0.2, 0.0, 2.0, 0.0, False),
        (0.1, 0.5, 5.0, 1.5, True),
        (60, 0, 10.0, 10.0, True),
    ],
)
def test_patience_grows_with_the_worse_lag_and_a_bad_one_is_noted(
    own_s: float, simulator_s: float, stretch: float, longer_s: float, is_noted: bool
) -> None:
    notebook = Kept()
    pace = Pace(Behind(), notebook)

    pace.take(SINCE, own_s, simulator_s)

    assert pace.stretch() == pytest.approx(stretch)
    assert pace.longer_s() == pytest.approx(longer_s)
    marks = [record.mark for record in notebook.records if isinstance(record, Staged)]
    assert marks == (["starved"] if is_noted else [])


def test_it_asks_the_simulator_for_as_long_as_the_run_lasts() -> None:
    notebook = Kept()

    async def run() -> float:
        control = Behind()
        async with Pace(control, notebook) as pace:
            await control.asked.wait()
            while not notebook.records:
                await asyncio.sleep(0)
            return pace.stretch()

    assert asyncio.run(run()) == 10.0
    (mark,) = notebook.records
    assert isinstance(mark, Staged)
    assert mark.facts["simulator_s"] == 2.0
    assert mark.facts["since"] < mark.facts["until"]
