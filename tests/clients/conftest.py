"""A served regulator for generated clients, and the descriptions as it publishes them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import node
from tests.simulator.forked import served
from tests.simulator.parties import PASSCODE, Control, Served


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Served]:
    """A regulator with the sandbox `sb`, in which nobody is registered."""
    with served(tmp_path / "state") as running:
        Control(running).post("", {"id": "sb", "passcode": PASSCODE})
        yield running


@pytest.fixture
def openapi(regulator: Served, tmp_path: Path) -> Path:
    """The file of the published description."""
    file = tmp_path / "openapi.json"
    file.write_bytes(regulator.http.get(f"{regulator.base}/sb/v1/openapi.json").content)
    return file


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The npm packages, installed."""
    return node.installed()
