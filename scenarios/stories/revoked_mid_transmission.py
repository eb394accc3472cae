"""An authorization is taken back while data is leaving under it."""

import asyncio

from scenarios.stage import Stage
from scenarios.stories import story


@story(
    id="revoked_mid_transmission",
    title="Revoked in the middle of a transmission",
    text=(
        "While payments are leaving, the regulator revokes the authorization of one recipient. "
        "Merchants go on paying to it, within the limit and after it, and to the others."
    ),
)
async def revoked_mid_transmission(stage: Stage) -> None:
    recipient = stage.recipients[0]
    burst = asyncio.create_task(stage.pay(8, to=recipient))
    await stage.until_more_arrive()
    authorization = await stage.authorization_of(recipient)
    await stage.order("revoke", authorization=authorization, reason="the recipient was sold")
    await burst
    await stage.wait_for_notices()
    await stage.pay(4)
    await stage.watch(stage.target.limits.revocation_s + 0.1, "revocation")
    await stage.pay(stage.many(6), to=recipient)
    await stage.watch(0.3, "revocation")
