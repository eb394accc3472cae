"""Whatever the published interface allows or forbids is tried; no answer is otherwise than it says.

No server error, no status or content type that is not described, no body that does not fit its
schema, nothing wrong taken, nothing right refused.
"""

from collections.abc import Iterable
from itertools import islice

import pytest

from simulator.regulator.api import Operation, operations
from tests.contract.generated import STREAMS, Sent, requests_for, walks
from tests.contract.world import World

pytestmark = pytest.mark.no_cover
"""What is drawn by chance reaches lines without asking what they do, and traced it takes twice as
long."""
BY_CHANCE = 15
"""Requests for one operation in a short run."""
WALKED = 60
"""Requests in walks in a short run."""


def varies(operation: Operation) -> bool:
    """Whether there is something to vary in its requests."""
    return operation.body is not None or operation.lists != "no" or "{" in operation.path


TRIED = [operation for operation in operations() if operation not in STREAMS]
VARYING = [operation for operation in TRIED if varies(operation)]


def by_chance(operation: Operation, cases: int) -> int:
    """How many requests for it are drawn; those that vary share what a long run asks for."""
    return max(BY_CHANCE, cases // len(VARYING)) if varies(operation) else BY_CHANCE


def at_least(operation: Operation, cases: int) -> int:
    """How many requests must be made for it."""
    return max(25, cases // len(VARYING)) if varies(operation) else 8


def breaches(sent: Iterable[Sent]) -> str:
    """Every request whose answer is not as published, and why."""
    return "\n\n".join(
        "\n".join((one.request, f"answered with {one.status}", *one.breaches))
        for one in sent
        if one.breaches
    )


def test_there_are_as_many_requests_as_were_asked_for(cases: int) -> None:
    assert sum(at_least(operation, cases) for operation in TRIED) >= max(500, cases)


@pytest.mark.parametrize("operation", TRIED, ids=lambda operation: operation.id)
def test_an_operation_answers_as_published(world: World, operation: Operation, cases: int) -> None:
    sent = list(requests_for(operation.id, world, by_chance=by_chance(operation, cases)))

    assert breaches(sent) == ""
    assert len(sent) >= at_least(operation, cases)
    assert [one for one in sent if one.fits and one.status == operation.status]
    assert [one for one in sent if not one.fits and 400 <= one.status < 500]


@pytest.mark.parametrize("in_process", [False, True], ids=["over_http", "in_process"])
def test_operations_answer_as_published_in_any_order(
    world: World, cases: int, in_process: bool
) -> None:
    wanted = max(WALKED, cases // 33)

    sent = list(islice(walks(world, in_process=in_process), wanted))

    assert breaches(sent) == ""
    assert len(sent) == wanted
    assert len({one.operation for one in sent}) >= 10
