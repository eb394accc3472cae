"""Steps of load as they could have been, for the tests of what is said of them."""

from dataclasses import replace
from typing import Any

from loadtests.account import Asked
from loadtests.assignment import Generated, Load
from loadtests.judged import Breach, Judged
from loadtests.lags import Lags
from loadtests.limits import Limits
from loadtests.outcome import Step
from loadtests.saturation import Saturation
from loadtests.settling import Settled
from loadtests.tally import Tally

LOAD = Load(seed=1, seconds=10.0, rate=20.0, feed_rate=0.0, senders=64, schedule="poisson")
SOUND = Settled(settled=200, refused=0, pending=0, silent=0, after_s=0.4)
CLEAN = Judged(
    verdict="conformant",
    breaches=(),
    warnings=(),
    doubts=(),
    passed=12,
    journal_digest="ab" * 32,
    payments=201,
    transmissions=201,
)
UNDERREPORTED = Breach(
    requirement="MON-02",
    title="Reported counts and digests equal what left",
    subject="transmission",
    subjects=(("closed with counts below what arrived", 3),),
    expected="records in the closing: 1",
    seen="records in the closing: 0",
)


def carried(*, intended: int = 200, latency_s: float = 0.010) -> Tally:
    """Messages that left in time and were answered."""
    tally = Tally()
    for number in range(intended):
        at = 10.0 * number / intended
        tally.intend(at)
        tally.begin(at, at + 0.001)
        tally.end(at, at + latency_s, None)
    return tally


def generated(tally: Tally | None = None, asked: list[Asked] | None = None) -> Generated:
    """What a generator without limits hands back."""
    return Generated(
        tallies={"payment": tally or carried()},
        asked=asked or [],
        lasted_s=10.0,
        busy={"generator": 0.2},
        warned=False,
    )


def a_step(tally: Tally | None = None, **other: Any) -> Step:
    """A conformant step, but for what is given otherwise."""
    step = Step(
        number=1,
        load=LOAD,
        limits=Limits(),
        generated=generated(tally),
        saturation=Saturation(busy={"simulator": 0.4, "platform": 0.3}, cores=2),
        settled=SOUND,
        drained=True,
        judged=CLEAN,
        lags=Lags(),
    )
    return replace(step, **other)


def at(rate: float, **other: Any) -> Step:
    """A step of this rate."""
    return a_step(load=replace(LOAD, rate=rate), **other)
