"""Deliberate wrongs, one a file; each replaces one named step, so that the honest code knows of
none.

The examination must convict every one of them by the requirement that it is meant for. A defect is
named as the sin.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from simulator import catalogue
from simulator.clock import wall_now
from simulator.messages.base import canonical
from simulator.reference_platform.contracts import CONTRACTS
from simulator.reference_platform.journey import Hindrance, Journey, Stage
from simulator.reference_platform.steps import HONEST, Steps

if TYPE_CHECKING:
    from simulator.reference_platform.platform import Platform

WrongStep = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Defect:
    """One wrong: which step it replaces, and the requirement that must convict it."""

    id: str
    title: str
    step: str
    meant_for: str
    apply: Callable[[Steps], Steps]


def defect(
    *, id: str, title: str, step: str, meant_for: str
) -> Callable[[Callable[[Steps], WrongStep]], Defect]:
    """Makes the decorated function, which turns the honest steps into the one wrong step, the
    defect of its file.
    """

    def enter(wrong: Callable[[Steps], WrongStep]) -> Defect:
        def apply(honest: Steps) -> Steps:
            return replace(honest, **{step: wrong(honest)})

        return Defect(id, title, step, meant_for, apply)

    return enter


@cache
def catalogued() -> dict[str, Defect]:
    """Every defect by id."""
    return catalogue.entries(sys.modules[__name__], Defect)


def steps_with(id: str) -> Steps:
    """The honest steps with this one wrong; raises UnknownId naming the nearest right ids."""
    return catalogue.find(catalogued(), id, what="defect").apply(HONEST)


async def leave_now(platform: "Platform", journey: Journey) -> Journey:
    """Makes the payload and sends it, whatever anyone says: the journey has left."""
    if not journey.categories:
        journey = replace(journey, categories=CONTRACTS[0].categories)
    prepared = platform.steps.desensitise(platform, journey)
    assert prepared.payload is not None, "desensitising makes the payload"
    recipient, headers = prepared.payment.recipient, platform.steps.recipient_headers(prepared)
    assert recipient is not None, "a domestic payment has no recipient"
    await platform.recipients.send(recipient, prepared.payload.encode(), headers)
    return prepared.to(Stage.LEFT, left_at=wall_now(), confirmed=True)


async def send_anyway(platform: "Platform", journey: Journey) -> Journey:
    """Sends everything that the contract knows, tells nobody, and calls the payment settled."""
    everything = replace(journey, categories=CONTRACTS[0].categories)
    try:
        return (await leave_now(platform, everything)).to(Stage.SETTLED)
    except Hindrance as hindrance:  # Even the recipient is away.
        return replace(journey, reason=str(hindrance))


def sends_in_spite_of(*codes: str) -> Callable[[Steps], WrongStep]:
    """The wrong `hold_back` that sends anyway when the hindrance is one of `codes`."""

    def wrong(honest: Steps) -> WrongStep:
        async def hold_nothing_back(
            platform: "Platform", journey: Journey, hindrance: Hindrance
        ) -> Journey:
            if hindrance.code in codes and not journey.has_left:
                return await send_anyway(platform, journey)
            return await honest.hold_back(platform, journey, hindrance)

        return hold_nothing_back

    return wrong


def adds_to_payload(
    more: Callable[["Platform", Journey], dict[str, object]],
) -> Callable[[Steps], WrongStep]:
    """The wrong `desensitise` that adds these fields to the honest document."""

    def wrong(honest: Steps) -> WrongStep:
        def say_more(platform: "Platform", journey: Journey) -> Journey:
            prepared = honest.desensitise(platform, journey)
            assert prepared.payload is not None, "desensitising makes the payload"
            document = json.loads(prepared.payload) | more(platform, journey)
            return replace(prepared, payload=canonical(document).decode())

        return say_more

    return wrong
