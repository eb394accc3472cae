"""The named steps of the platform, and the honest way to take each: the list of what an integration
must get right.

A step is a plain function; the platform holds them together and knows no other way to take them.
Whoever wants to see what becomes of a platform that gets one step wrong replaces exactly that one
(see `defects`).
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.messages.case import MaterialRequest
from simulator.messages.feed import FeedEvent
from simulator.reference_platform import (
    contracts,
    crossing,
    desensitise,
    notices,
    outbox,
    payment,
    recipient_client,
    rectification,
    regulator_client,
)
from simulator.reference_platform.contracts import Contract
from simulator.reference_platform.crossing import Account
from simulator.reference_platform.journey import Hindrance, Journey, Stage
from simulator.reference_platform.outbox import Outbox
from simulator.reference_platform.payment import Payment

if TYPE_CHECKING:
    from simulator.reference_platform.platform import Platform

Step = Callable[["Platform", Journey], Awaitable[Journey]]
"""Takes a journey one stage further, or raises Hindrance."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Every step by its name."""

    # A payment comes in and stays on disk.
    open_outbox: Callable[[Path], Outbox]
    take_in: Callable[[Mapping[str, Any]], Payment]
    settle_domestic: Step

    # It crosses the border, in this order.
    find_contract: Callable[[Payment], Contract | None]
    choose: Step
    announce: Step
    await_decision: Step
    start_feed: Step
    desensitise: Callable[["Platform", Journey], Journey]
    send: Step
    report: Step
    close: Step
    record_lineage: Step

    # Something stands in its way.
    hold_back: Callable[["Platform", Journey, Hindrance], Awaitable[Journey]]
    abort: Step

    # How data is told abroad.
    token_key: Callable[[bytes, str], bytes]
    token: Callable[[bytes, str], str]
    last_four: Callable[[str], str]
    exact_amount: Callable[[int, str], str]
    recipient_headers: Callable[[Journey], dict[str, str]]

    # What the regulator is told.
    account: Callable[[Journey], Account]
    post_feed: Callable[["Platform", Journey, Sequence[FeedEvent]], Awaitable[None]]
    materials: Callable[[date, str], dict[int, MaterialRequest]]

    # How the platform and the regulator speak.
    sign: Callable[..., dict[str, str]]
    nonce: Callable[[], str]
    key_to_send: Callable[[str], str]
    is_news: Callable[[int, int], bool]


async def settle_domestic(platform: "Platform", journey: Journey) -> Journey:
    """A payment that stays at home needs no one's leave and no recipient abroad."""
    return journey.to(Stage.SETTLED)


HONEST = Steps(
    open_outbox=outbox.open_outbox,
    take_in=payment.take_in,
    settle_domestic=settle_domestic,
    find_contract=contracts.find_contract,
    choose=crossing.choose,
    announce=crossing.announce,
    await_decision=crossing.await_decision,
    start_feed=crossing.start_feed,
    desensitise=desensitise.desensitise,
    send=crossing.send,
    report=crossing.report,
    close=crossing.close,
    record_lineage=crossing.record_lineage,
    hold_back=crossing.hold_back,
    abort=crossing.abort,
    token_key=desensitise.token_key,
    token=desensitise.token,
    last_four=desensitise.last_four,
    exact_amount=desensitise.exact_amount,
    recipient_headers=recipient_client.recipient_headers,
    account=crossing.account,
    post_feed=crossing.post_feed,
    materials=rectification.materials,
    sign=regulator_client.sign,
    nonce=lambda: secrets.token_urlsafe(18),
    key_to_send=regulator_client.key_to_send,
    is_news=notices.is_news,
)
