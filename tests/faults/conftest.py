"""A sandbox on disk whose wall time stands still until a test moves it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator.journal.sqlite import SqliteStore
from simulator.sandbox import Sandbox


class Wall:
    """Wall time in a test's hand."""

    def __init__(self) -> None:
        self.now = datetime(2023, 6, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "journal.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def sandbox(store: SqliteStore, wall: Wall) -> Sandbox:
    return Sandbox.create(
        store,
        id="sb",
        passcode="open sesame",
        seed=7,
        starts_at=datetime(2023, 6, 1, tzinfo=UTC),
        rule_pack="r2022",
        policy={},
        wall=wall,
    )
