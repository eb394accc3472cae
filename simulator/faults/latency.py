"""The witness is slow: a request waits for a fixed or a drawn time before it is heard, or its
answer before it leaves."""

import math
import random
from typing import Annotated, Literal

from pydantic import Field

from simulator.faults import Delay, fault
from simulator.messages.base import Message

DELAY_S_MAX = 300.0

Seconds = Annotated[float, Field(ge=0, le=DELAY_S_MAX, allow_inf_nan=False)]


class Latency(Message):
    """`fixed` waits `delay_s`; `uniform` between `delay_s` and `delay_s_max`; `lognormal` has the
    median `delay_s` and the shape `sigma`, and never waits longer than `delay_s_max`."""

    distribution: Literal["fixed", "uniform", "lognormal"] = "fixed"
    delay_s: Seconds = 0.2
    delay_s_max: Seconds = DELAY_S_MAX
    sigma: Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)] = 0.5


@fault(
    id="latency",
    title="Requests, or their answers, wait for a fixed, uniform or log-normal time",
    scopes=("regulator", "recipient"),
    moment="before",
    or_at=("after",),
    parameters=Latency,
)
def latency(parameters: Latency, chance: random.Random) -> Delay:
    match parameters.distribution:
        case "fixed":
            drawn_s = parameters.delay_s
        case "uniform":
            drawn_s = chance.uniform(parameters.delay_s, parameters.delay_s_max)
        case "lognormal":
            median_s = max(parameters.delay_s, 1e-6)
            drawn_s = chance.lognormvariate(math.log(median_s), parameters.sigma)
    return Delay(min(drawn_s, parameters.delay_s_max))
