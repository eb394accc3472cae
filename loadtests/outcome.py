"""What one step came to. Before anything is said of the platform, it must be certain that neither
the generator nor the simulator was the limit itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from loadtests.assignment import Generated, Load
from loadtests.fault_plan import PlannedFault
from loadtests.judged import Judged
from loadtests.lags import Lags, Recovery
from loadtests.limits import Limits
from loadtests.merchants import PAYMENT
from loadtests.saturation import Saturation
from loadtests.search import BREACHED, CONFORMANT, INCONCLUSIVE, INVALID, Verdict
from loadtests.settling import Settled
from loadtests.tally import LATE_S, Tally

PERCENTILES = (50, 90, 99, 99.9)
SENT_LATE = "the generator sent late"
"""What a calibration calls a limit of the generator alone."""


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What generator and simulator carried on this machine when the platform only forwarded."""

    payments: float
    """Payments a second that were carried through a platform that only forwards."""
    payments_limit: str
    """What the limit was; empty if none was reached, so that more may be possible."""
    transmissions: float
    """Transmissions a second that the regulator carried, announced, fed, closed and traced."""
    transmissions_limit: str


@dataclass(frozen=True, slots=True)
class Step:
    """One rate, and everything that was seen of it."""

    number: int
    load: Load
    limits: Limits
    generated: Generated
    saturation: Saturation
    settled: Settled | None
    """`None` where the target does not say how to ask."""
    drained: bool
    """Every transmission was closed, and nothing stirred any more."""
    judged: Judged | None
    """`None` where no journal could be had."""
    lags: Lags
    recoveries: tuple[Recovery, ...] = ()
    gone: tuple[str, ...] = ()
    """That the platform died, and where it was."""
    ceilings: Ceilings | None = None
    """`None` where nothing was calibrated."""
    faults: tuple[PlannedFault, ...] = field(default=())
    """Armed while it ran."""
    disturbed: tuple[str, ...] = field(default=())
    """What of the step was not as it was meant, beside the sending."""

    @property
    def payments(self) -> Tally:
        """What became of the payments; nothing, where no process of the generator told anything."""
        return self.generated.tallies.get(PAYMENT, Tally())

    @property
    def rate(self) -> float:
        """Payments a second that were right answers, over the length of the schedule."""
        return self.payments.answered / max(self.load.seconds, 1e-9)

    @property
    def wanted(self) -> float:
        """Payments a second that the schedule meant to send, on average."""
        return self.payments.intended / max(self.load.seconds, 1e-9)

    @property
    def error_share(self) -> float:
        """Payments that came to nothing, of those that were sent."""
        sent = self.payments.intended - self.payments.dropped
        return self.failures / sent if sent else 0.0

    @property
    def failures(self) -> int:
        """Refused, failed, accepted and never settled, or settled and never arrived."""
        lost = self.settled.lost if self.settled else 0
        return self.payments.failed + lost + (self.judged.lost if self.judged else 0)

    @property
    def invalid(self) -> tuple[str, ...]:
        """Why the platform may not have been the limit, each with what to do."""
        return (*_invalid(self), *_starved(self))

    @property
    def breaches(self) -> tuple[str, ...]:
        """What the platform did wrong: requirements first, then limits of the profile."""
        return (*self.gone, *_of_requirements(self), *_of_limits(self))

    @property
    def doubts(self) -> tuple[str, ...]:
        """What keeps the step from saying anything."""
        if self.judged is None:
            return ("there is no journal to judge",)
        return self.judged.doubts

    @property
    def verdict(self) -> Verdict:
        """A limit of ours makes errors of its own, so nothing is blamed on others then; but a
        platform that died has died."""
        if self.gone:
            return BREACHED
        if self.invalid:
            return INVALID
        if self.breaches:
            return BREACHED
        return INCONCLUSIVE if self.doubts else CONFORMANT

    @property
    def why(self) -> str:
        """The first thing to say of it."""
        told = {INVALID: self.invalid, BREACHED: self.breaches, INCONCLUSIVE: self.doubts}
        return told[self.verdict][0] if self.verdict in told else ""


def _invalid(step: Step) -> Iterator[str]:
    generated, limits = step.generated, step.limits
    for disturbance in step.disturbed:
        yield f"{disturbance}; play the step again"
    for name in generated.vanished:
        yield (
            f"{name} vanished in the middle of the step; what it had told until then is kept; see "
            "its machine, and play the step again"
        )
    if not generated.complete and not generated.vanished:
        yield "time was up before the schedule came to its end; lower the rate, or add --workers"
    for operation, tally in generated.tallies.items():
        yield from _of_the_schedule(operation, tally, step)
    for name, busy in generated.busy.items():
        if busy > limits.generator_busy_max:
            yield (
                f"the {name} used {busy:.0%} of a core and may have measured itself; add "
                "--workers, use --client raw, or another machine"
            )
    yield from step.saturation.limits(limits)
    if step.ceilings is not None:
        yield from _of_the_machine(step.ceilings, step.load)


def _of_the_machine(ceilings: Ceilings, load: Load) -> Iterator[str]:
    """What was at its limit before the load, at less than this step asks for. Each payment is one
    transmission at least, but not one that the generator has to make."""
    by_the_generator = ceilings.transmissions_limit == SENT_LATE
    through_the_platform = 0.0 if by_the_generator else load.rate
    for what, wanted, most, limit in (
        ("payments", load.rate, ceilings.payments, ceilings.payments_limit),
        (
            "transmissions",
            through_the_platform + load.feed_rate,
            ceilings.transmissions,
            ceilings.transmissions_limit,
        ),
    ):
        if limit and wanted > most:
            yield (
                f"{wanted:g} {what}/s are more than the {most:g} that were carried before the "
                f"load, without a platform that does its duties ({limit}); use more workers or a "
                "faster machine"
            )


def _of_the_schedule(operation: str, tally: Tally, step: Step) -> Iterator[str]:
    """What was not sent as it was meant to be."""
    if tally.dropped:
        yield (
            f"{operation}: {tally.dropped} of {tally.intended} were dropped, as all "
            f"{step.load.senders} senders were waiting for answers; raise --users, or lower the "
            "rate"
        )
    if tally.lost and step.generated.complete:
        yield f"{operation}: nobody knows what became of {tally.lost} of {tally.intended}"
    if tally.late > step.limits.late_share_max * tally.intended:
        yield (
            f"{operation}: {tally.late} of {tally.intended} left more than {LATE_S * 1000:.0f} ms "
            "late; add --workers, use --client raw, or give the generator a machine of its own"
        )


def _starved(step: Step) -> Iterator[str]:
    """A platform that had to share a machine without any time left is convicted of no slowness.
    What it told wrongly it told wrongly, what it lost it lost, and what it did in time in spite of
    that it did in time."""
    full = step.saturation.full(step.limits)
    lost = step.judged is not None and step.judged.lost
    if full is not None and not lost and not _of_requirements(step):
        for slow in _of_limits(step):
            yield f"{slow}; but {full}"
            return


def _of_requirements(step: Step) -> tuple[str, ...]:
    """The requirements that the platform failed."""
    breaches = () if step.judged is None else step.judged.breaches
    return tuple(line for breach in breaches for line in breach.lines)


def _of_limits(step: Step) -> Iterator[str]:
    """The limits of the profile that were passed: all of them tell how fast the platform was."""
    limits, payments = step.limits, step.payments
    p99_us = payments.latency.percentile_us(99)
    if limits.p99_ms is not None and p99_us is not None and p99_us > 1000 * limits.p99_ms:
        yield f"p99_ms: {p99_us / 1000:.0f} ms, and {limits.p99_ms:g} ms is the limit"
    if step.error_share > limits.error_share_max:
        yield (
            f"error_share_max: {step.failures} of {payments.intended - payments.dropped} payments "
            f"({step.error_share:.2%}) came to nothing, and {limits.error_share_max:.2%} is the "
            f"limit{_kinds(step)}"
        )
    lags = (
        ("feed_lag_p99_ms", step.lags.feed, limits.feed_lag_p99_ms),
        ("lineage_lag_p99_ms", step.lags.lineage, limits.lineage_lag_p99_ms),
    )
    for name, lag, most in lags:
        seen = lag.percentile_us(99)
        if most is not None and seen is not None and seen > 1000 * most:
            yield f"{name}: {seen / 1000:.0f} ms, and {most:g} ms is the limit"
    if not step.drained and not step.gone:
        yield (
            f"settle_s: transmissions were still open {limits.settle_s:g} s after the load, and "
            "that is the limit"
        )
    yield from _of_recovery(step)


def _kinds(step: Step) -> str:
    """The kinds of what went wrong, the most frequent first."""
    kinds = sorted(step.payments.errors.items(), key=lambda one: -one[1])
    told = [f"{kind}, {'once' if count == 1 else f'{count} times'}" for kind, count in kinds[:3]]
    if step.settled is not None and step.settled.lost:
        told.append(step.settled.told)
    if step.judged is not None and step.judged.lost:
        told.append(f"{step.judged.lost} settled, and nothing of them arrived")
    return f": {'; '.join(told)}" if told else ""


def _of_recovery(step: Step) -> Iterator[str]:
    most = step.limits.recover_s
    for recovery in step.recoveries:
        if most is None or (recovery.after_s is not None and recovery.after_s <= most):
            continue
        needed = "never" if recovery.after_s is None else f"{recovery.after_s:.1f} s after its end"
        yield (
            f"recover_s: what {recovery.fault} had held back was worked off {needed}, and "
            f"{most:g} s is the limit"
        )


def percentiles(tally: Tally, *, of_lag: bool = False) -> dict[str, int | None]:
    """The percentiles and the maximum in microseconds; `None` without any value."""
    histogram = tally.lag if of_lag else tally.latency
    found = {f"p{percent:g}": histogram.percentile_us(percent) for percent in PERCENTILES}
    return {**found, "max": histogram.max_us if histogram.count else None}
