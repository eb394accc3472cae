"""The end of the story that was not told: nothing is rectified, and the authorizations are gone for
good."""

from scenarios.stage import Stage
from scenarios.stories import story

THIRTY_ONE_DAYS_S = 31 * 24 * 3600.0


@story(
    id="thirty_days_run_out",
    title="The thirty days run out",
    text=(
        "All export is suspended and nothing is handed in. On day 31 the case has failed and "
        "every authorization is revoked; merchants still want to pay."
    ),
    irreversible=True,
    needs=("clock",),
)
async def thirty_days_run_out(stage: Stage) -> None:
    await stage.order("suspend", case=None, reason="an undeclared export was found again")
    await stage.wait_for_notices()
    await stage.advance(THIRTY_ONE_DAYS_S)
    await stage.wait_for_notices()
    await stage.pay(4)
    await stage.watch(stage.target.limits.revocation_s + 0.1, "revocation")
    await stage.pay(stage.many(6))
    await stage.watch(0.3, "revocation")
