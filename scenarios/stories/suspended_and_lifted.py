"""The whole case: an unannounced inspection, suspension, rectification, re-inspection, lift,
backlog."""

import asyncio
from typing import Any

from scenarios.stage import Stage
from scenarios.stories import story

THREE_DAYS_S = 3 * 24 * 3600.0


@story(
    id="suspended_and_lifted",
    title="Suspended, rectified, lifted",
    text=(
        "In the middle of a busy hour an inspection suspends all export. Merchants go on paying, "
        "abroad and at home. Days later the platform hands in its 17 materials and asks for "
        "re-inspection; the suspension is lifted, and what waited may go."
    ),
)
async def suspended_and_lifted(stage: Stage) -> None:
    burst = asyncio.create_task(stage.pay(6))
    await stage.until_more_arrive()
    case = _case_of(
        await stage.order("suspend", case=None, reason="an undeclared export was found")
    )
    await burst
    await stage.wait_for_notices()
    await stage.pay(stage.many(6))
    at_home = await stage.pay(stage.many(6), domestic=True)
    await stage.follow(at_home, within_s=1.0)
    await stage.watch(stage.target.limits.stop_s + 0.1, "suspension")
    await stage.pay(stage.many(6))
    await stage.watch(stage.target.limits.stop_s + 0.1, "suspension")
    if stage.target.capabilities.clock:
        await stage.advance(THREE_DAYS_S)
    await _rectify(stage, case)
    await stage.drain()
    await stage.pay(stage.many(8))
    await stage.drain()


def _case_of(ordered: dict[str, Any]) -> str:
    cases = (event.get("case") for event in ordered["events"])
    return next(str(case) for case in cases if case)


async def _rectify(stage: Stage, case: str) -> None:
    """By the platform's own hand where the target offers that; otherwise the regulator relents."""
    if "rectify" in stage.target.actions and await stage.action("rectify", case=case):
        await stage.until(lambda sight: case in sight.reinspected, within_s=3.0)
    if case not in stage.sight.reinspected:
        await stage.order("lift", authorization=None)
    await stage.wait_for_notices()
