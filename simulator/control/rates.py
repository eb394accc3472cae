"""How often platforms may ask: no limit, unless a tester wants to see how they bear one."""

from typing import Annotated

from pydantic import Field

from simulator.control.resource import Resource
from simulator.control.site import Here
from simulator.control.telling import put
from simulator.journal.events.rates import RatesSet
from simulator.messages.base import Message

router = Resource(prefix="/sandboxes/{sandbox}/rates", tags=["rates"])


class Rate(Message):
    """So many requests a second in the long run, and so many at once."""

    per_s: Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]
    burst: Annotated[int, Field(ge=1, le=1_000_000)]


class Rates(Message):
    """Body and answer of `PUT /rates`; `null` is no limit."""

    platform: Rate | None = None
    """Of each platform."""
    sandbox: Rate | None = None
    """Of everybody together, unknown senders too."""


@router.get("", operation_id="read_rates")
async def read(here: Here) -> Rates:
    """The rates in force."""
    limited = here.office.state.rates
    if limited is None:
        return Rates()
    return Rates(
        platform=_rate(limited.platform_per_s, limited.platform_burst),
        sandbox=_rate(limited.sandbox_per_s, limited.sandbox_burst),
    )


@router.put("", operation_id="set_rates")
async def change(here: Here, request: Rates) -> Rates:
    """From now on, with full buckets."""
    platform, sandbox = request.platform, request.sandbox
    limited = RatesSet(
        platform_per_s=None if platform is None else platform.per_s,
        platform_burst=1 if platform is None else platform.burst,
        sandbox_per_s=None if sandbox is None else sandbox.per_s,
        sandbox_burst=1 if sandbox is None else sandbox.burst,
        at=here.sandbox.clock.now(),
    )
    await put(here, "rates", (limited,))
    return request


def _rate(per_s: float | None, burst: int) -> Rate | None:
    return None if per_s is None else Rate(per_s=per_s, burst=burst)
