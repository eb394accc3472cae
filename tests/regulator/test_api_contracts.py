"""Contracts over the interface, where the calendar of working days ends."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.regulator.api.contracts import REQUEST as CONTRACT
from tests.regulator.connected import Connected, connected


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as regulator:
        yield regulator


def test_a_period_beyond_the_calendar_is_refused_and_no_mistake(regulator: Connected) -> None:
    """The working days of 2027 are not published; a guessed one would move a legal deadline."""
    regulator.register()
    regulator.sandbox.clock.advance_to(datetime(2026, 12, 28, tzinfo=UTC))
    message = CONTRACT | {"effective_on": "2026-12-28"}
    answer = regulator.ask("POST", "/contracts", message, key="contract-1")

    assert (answer.status_code, answer.json()["code"]) == (409, "calendar_exhausted")
    assert "2027" in answer.json()["detail"]
    assert regulator.office.state.contracts == {}
