"""An authorization ends by itself; no notice tells the platform, only the date in its own hands."""

from scenarios.stage import Stage
from scenarios.stories import story

VALID_FOR_S = 0.6
UNDER_WAY_S = 1.2
"""What was under way at the expiry has arrived by then, so that nothing later can be excused by
it."""


@story(
    id="authorization_expired",
    title="An authorization expires",
    text=(
        "An authorization is granted for less than a second. Merchants pay while it is valid and "
        "go on when it has expired."
    ),
)
async def authorization_expired(stage: Stage) -> None:
    recipient = stage.recipients[0]
    await stage.grant(recipient, valid_for_s=VALID_FOR_S)
    await stage.pay(3, to=recipient)
    await stage.watch(VALID_FOR_S + UNDER_WAY_S, "authorization_expired")
    await stage.pay(stage.many(6), to=recipient)
    await stage.watch(0.3, "authorization_expired")
