"""What generator and simulator carry on this machine, measured before a load: payments through a
platform that does nothing but forward, and transmissions to the regulator directly, both on a ramp
until something gives way.

What gives way there is not a platform. So above that rate nothing can be said of one.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from loadtests import machine
from loadtests.assignment import Assignment, Generated, Load
from loadtests.generator import Manner, generate
from loadtests.limits import Limits
from loadtests.merchants import PAYMENT
from loadtests.outcome import SENT_LATE, Ceilings
from loadtests.processes import running
from loadtests.registered import ANNOUNCE, RECIPIENT
from loadtests.saturation import SIMULATOR, Sample, Watching
from loadtests.scene import FEED_PASSCODE, Scene
from loadtests.schedules import catalogue_of_schedules
from loadtests.tally import Tally
from loadtests.target import Checkout
from loadtests.target import Recipient as Abroad

RAMP = "ramp"
RAMP_S = 6.0
PAYMENTS_MAX = 4_000.0
"""The ramp ends here at most: it is prepared in memory."""
TRANSMISSIONS_MAX = 600.0
SUFFIX = "-calibration"
MOST_SHARE = 0.6

Tell = Callable[[str], None]


def calibrate(
    scene: Scene, load: Load, manner: Manner, *, highest: float, folder: Path, tell: Tell
) -> Ceilings:
    """The ceilings of this machine; each ramp goes to twice the highest rate of the load."""
    sandbox = f"{scene.target.simulator.sandbox[:50]}{SUFFIX}"
    world = scene.world
    world.open_anew(sandbox, passcode=FEED_PASSCODE, seed=load.seed)
    try:
        tell("calibrating: payments through a platform that only forwards")
        recipient = f"{world.recipients(sandbox)}/{RECIPIENT}/"
        with running(
            "forwarder", "loadtests.forwarder", [recipient], logs=folder / "logs"
        ) as party:
            url = party.wait_until_said(r"serves (http://\S+)")
            ramp = replace(load, rate=min(2 * highest, PAYMENTS_MAX), feed_rate=0.0)
            assignment = _payments(scene, _ramp(ramp), url, folder / "payments.json")
            payments = _limit(scene, assignment, manner, folder, PAYMENT)
        tell("calibrating: transmissions to the regulator")
        standing = world.connect(sandbox, passcode=FEED_PASSCODE, seed=load.seed)
        direct = replace(load, rate=0.0, feed_rate=min(2 * highest, TRANSMISSIONS_MAX))
        assignment = replace(
            assignment,
            load=_ramp(direct),
            standing=standing,
            results=(folder / "transmissions.json").resolve(),
        )
        transmissions = _limit(scene, assignment, manner, folder, ANNOUNCE)
    finally:
        world.delete(sandbox)
    return Ceilings(
        payments=payments[0],
        payments_limit=payments[1],
        transmissions=transmissions[0],
        transmissions_limit=transmissions[1],
    )


def _ramp(load: Load) -> Load:
    return replace(load, schedule=RAMP, seconds=RAMP_S, batch=1)


def _payments(scene: Scene, load: Load, url: str, results: Path) -> Assignment:
    """The payments of the target, but to the forwarder."""
    checkout = scene.target.checkout
    forwarder = Checkout(
        method="POST",
        url=f"{url}payments",
        form=checkout.form,
        headers={},
        body=checkout.body,
        accepted=(202,),
        pointer=None,
        accepted_values=(),
        refused_values=(),
        id=None,
    )
    return Assignment(load, forwarder, (Abroad(RECIPIENT, "SG"),), None, results.resolve())


def _limit(
    scene: Scene, assignment: Assignment, manner: Manner, folder: Path, operation: str
) -> tuple[float, str]:
    """The rate up to which nothing gave way, and what did then; empty if nothing."""
    cores = int(machine.described()["cores"])
    with Watching(
        scene.world.saturation, scene.processes, cores, started=assignment.started
    ) as watching:
        generated = generate(assignment, manner, folder)
    load = assignment.load
    top = load.rate if operation == PAYMENT else load.feed_rate
    broke = gave_way(generated, watching.saturation.samples, manner.limits, operation)
    schedule = catalogue_of_schedules()[load.schedule]
    if broke is None:
        return top, ""
    second, why = broke
    return round(schedule.rate_at(second / load.seconds, top), 1), why


def gave_way(
    generated: Generated, samples: list[Sample], limits: Limits, operation: str
) -> tuple[int, str] | None:
    """The second of a ramp from which on something was at its limit most of the time, and what it
    was at first; `None` if nothing was. A single bad second is none: the ramp went on."""
    bad: dict[int, str] = {}
    for second, why in (
        *_of_the_simulator(samples, limits),
        *_of_the_generator(generated.tallies[operation], limits),
    ):
        bad.setdefault(second, why)
    end = max(generated.tallies[operation].course, default=-1) + 1
    for second in range(end):
        later = [number in bad for number in range(second, end)]
        if later[0] and sum(later) > MOST_SHARE * len(later):
            return second, bad[second]
    return None


def _of_the_generator(tally: Tally, limits: Limits) -> Iterator[tuple[int, str]]:
    for number, second in sorted(tally.course.items()):
        if second.dropped:
            yield number, "all senders were waiting for answers"
        elif second.late > max(1, limits.late_share_max * second.intended):
            yield number, SENT_LATE
        elif second.failed:
            yield number, "there were errors"


def _of_the_simulator(samples: list[Sample], limits: Limits) -> Iterator[tuple[int, str]]:
    """Seconds in which half of the samples were beyond a limit."""
    for number in sorted({int(sample.at_s) for sample in samples}):
        of_it = [sample for sample in samples if int(sample.at_s) == number]
        busy = [one.busy.get(SIMULATOR, 0.0) > limits.simulator_busy_max for one in of_it]
        slow = [one.answered_s > limits.simulator_lag_p99_ms / 1000 for one in of_it]
        if 2 * sum(busy) > len(of_it):
            yield number, "the simulator had no processor time left"
        elif 2 * sum(slow) > len(of_it):
            yield number, "the simulator was slow to say how it is"
