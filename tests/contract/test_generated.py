"""Whatever the published interface allows or forbids is tried; no answer is otherwise than it says.

No server error, no status or content type that is not described, no body that does not fit its
schema, nothing wrong taken, nothing right refused.
"""

from collections.abc import Iterable

import pytest

from simulator.regulator.api import Operation, operations
from tests.contract.generated import Sent, requests_for, walks
from tests.contract.world import World


def at_least(operation: Operation) -> int:
    """How many requests must be made for it; more where there is something to vary."""
    varies = operation.body is not None or operation.lists != "no" or "{" in operation.path
    return 25 if varies else 8


def breaches(sent: Iterable[Sent]) -> str:
    """Every request whose answer is not as published, and why."""
    return "\n\n".join(
        "\n".join((one.request, f"answered with {one.status}", *one.breaches))
        for one in sent
        if one.breaches
    )


def test_there_are_five_hundred_requests_and_more() -> None:
    assert sum(map(at_least, operations())) >= 500


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.id)
def test_an_operation_answers_as_published(world: World, operation: Operation) -> None:
    sent = list(requests_for(operation.id, world))

    assert breaches(sent) == ""
    assert len(sent) >= at_least(operation)
    assert [one for one in sent if one.fits and one.status == operation.status]
    assert [one for one in sent if not one.fits and 400 <= one.status < 500]


def test_operations_answer_as_published_in_any_order(world: World) -> None:
    sent = list(walks(world))

    assert breaches(sent) == ""
    assert len(sent) >= 100
    assert len({one.operation for one in sent}) >= 10
