"""A run is patient with a machine that is behind, and writes it down for the judge."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from scenarios.control import Control
from scenarios.notebook import Notebook
from scenarios.pace import Pace
from scenarios.stage import Stage
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


@pytest.mark.parametrize(("longer_s", "watched"), [(0.0, [0.8]), (1.5, [0.8, "asked", 1.5])])
def test_a_window_is_watched_as_much_longer_as_the_machine_is_behind_at_its_end(
    monkeypatch: pytest.MonkeyPatch, longer_s: float, watched: list[Any]
) -> None:
    seen: list[Any] = []

    async def pass_by(seconds: float) -> None:
        seen.append(seconds)

    async def mark(name: str, story: str, **facts: Any) -> None:
        assert facts["seconds"] == 0.8 + longer_s

    def asked() -> float:
        if longer_s:
            seen.append("asked")
        return longer_s

    monkeypatch.setattr("scenarios.stage.asyncio", SimpleNamespace(sleep=pass_by))
    stage: Any = SimpleNamespace(
        tell=lambda text: None, longer_s=asked, story="it", notebook=SimpleNamespace(mark=mark)
    )
    asyncio.run(Stage.watch(stage, 0.8, "a stop"))

    assert seen == watched
