"""Each little run is judged once: judging them is what takes time."""

import pytest

from scenarios.reports import Account
from scenarios.requirements import catalogue as requirements
from scenarios.traffic import Payment
from tests.reports.some_runs import (
    OUR_FAILURE,
    a_leaking_run,
    a_run_in_doubt,
    a_run_of_a_hostile_platform,
    account_of,
    an_honest_run,
)


@pytest.fixture(scope="session")
def honest() -> Account:
    return account_of(an_honest_run())


@pytest.fixture(scope="session")
def leaked() -> tuple[Account, list[Payment]]:
    """A guilty run, and the payments whose secrets it gives away."""
    entries, payments = a_leaking_run()
    return account_of(entries), payments


@pytest.fixture(scope="session")
def guilty(leaked: tuple[Account, list[Payment]]) -> Account:
    return leaked[0]


@pytest.fixture(scope="session")
def doubtful() -> Account:
    """With a failure of our own beside the doubts."""
    return account_of(a_run_in_doubt(), requirements() | {OUR_FAILURE.id: OUR_FAILURE})


@pytest.fixture(scope="session")
def hostile() -> Account:
    return account_of(a_run_of_a_hostile_platform())
