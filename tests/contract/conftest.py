"""One world a module: what is in it matters less than that the interface keeps its word."""

from collections.abc import Iterator

import pytest

from tests.contract.world import World, served


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with served(tmp_path_factory.mktemp("contract")) as world:
        yield world
