"""Every figure of a load as JSON, the raw histograms included, for whoever compares loads or draws
them.
"""

from dataclasses import asdict
from typing import Any

from loadtests.histogram import Histogram
from loadtests.merchants import PAYMENT
from loadtests.outcome import PERCENTILES, Step, percentiles
from loadtests.tally import Tally
from loadtests.whole import Whole

FORMAT = 2


def as_json(whole: Whole) -> dict[str, Any]:
    """A load and all of its steps."""
    return {
        "format": FORMAT,
        "target": whole.target,
        "command": whole.command,
        "machine": whole.machine,
        "limits": asdict(whole.limits),
        "result": whole.sentence,
        "conformant_up_to": whole.found.up_to,
        "first_breach_at": whole.found.breach_at,
        "exit_code": whole.exit_code,
        "ceilings": None if whole.ceilings is None else asdict(whole.ceilings),
        "broken_off": whole.broken_off,
        "steps": [step_as_json(step) for step in whole.steps],
    }


def step_as_json(step: Step) -> dict[str, Any]:
    """One step."""
    generated = step.generated
    return {
        "number": step.number,
        "verdict": step.verdict,
        "load": asdict(step.load),
        "rate_wanted": round(step.wanted, 3),
        "rate_achieved": round(step.rate, 3),
        "lasted_s": round(generated.lasted_s, 3),
        "complete": generated.complete,
        "vanished": list(generated.vanished),
        "operations": {
            name: _tally(tally)
            for name, tally in {PAYMENT: step.payments, **generated.tallies}.items()
        },
        "error_share": round(step.error_share, 6),
        "settled": None if step.settled is None else _settled(step),
        "drained": step.drained,
        "feed_lag_us": _percentiles(step.lags.feed),
        "lineage_lag_us": _percentiles(step.lags.lineage),
        "payloads": step.lags.payloads,
        "unfed": step.lags.unfed,
        "untraced": step.lags.untraced,
        "faults": [asdict(fault) for fault in step.faults],
        "recoveries": [asdict(recovery) for recovery in step.recoveries],
        "judged": None if step.judged is None else asdict(step.judged),
        "busy": {
            name: round(share, 3)
            for name, share in {**generated.busy, **step.saturation.busy}.items()
        },
        "simulator_answers_us": _percentiles(step.saturation.answers),
        "simulator_loop_lag_us": round(1_000_000 * step.saturation.loop_lag_s),
        "simulator_waiting_max": step.saturation.waiting_max,
        "samples": [asdict(sample) for sample in step.saturation.samples],
        "invalid": list(step.invalid),
        "breaches": list(step.breaches),
        "doubts": list(step.doubts),
    }


def _settled(step: Step) -> dict[str, Any]:
    settled = step.settled
    assert settled is not None, "asked only where it is there"
    names = ("settled", "refused", "pending", "silent", "after_s")
    return {name: getattr(settled, name) for name in names}


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "intended": tally.intended,
        "answered": tally.answered,
        "errors": tally.errors,
        "dropped": tally.dropped,
        "lost": tally.lost,
        "late": tally.late,
        "lag_us": percentiles(tally, of_lag=True),
        "latency_us": percentiles(tally),
        "served_us": _percentiles(tally.served),
        "latency_buckets": {
            str(key): count for key, count in sorted(tally.latency.buckets.items())
        },
        "course": [
            {
                "second": number,
                "intended": second.intended,
                "dropped": second.dropped,
                "late": second.late,
                "failed": second.failed,
                "answered": second.latency.count,
                "latency_us": _percentiles(second.latency),
            }
            for number, second in sorted(tally.course.items())
        ],
    }


def _percentiles(histogram: Histogram) -> dict[str, int | None]:
    found = {f"p{percent:g}": histogram.percentile_us(percent) for percent in PERCENTILES}
    return {**found, "max": histogram.max_us if histogram.count else None}
