"""One world a module: what is in it matters less than that the interface keeps its word."""

from collections.abc import Iterator

import pytest

from tests.contract.world import World, served

CASES = 500


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make contract` asks for more than every `make test` can wait for."""
    parser.addoption("--cases", type=int, default=CASES, help="requests to make at the least")


@pytest.fixture(scope="module")
def cases(request: pytest.FixtureRequest) -> int:
    """How many requests must be made in all; unknown to a run that was not started for them."""
    wanted: int = request.config.getoption("--cases", CASES)
    return wanted


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with served(tmp_path_factory.mktemp("contract")) as world:
        yield world
