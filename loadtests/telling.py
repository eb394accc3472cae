"""How a load is told in the terminal: a line for each step as it ends, the table at the end, and
one sentence that says up to which rate the platform conforms.
"""

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from loadtests.lags import Recovery
from loadtests.outcome import Ceilings, Step, percentiles
from loadtests.search import BREACHED, CONFORMANT, INCONCLUSIVE, INVALID
from loadtests.tally import LATE_S
from loadtests.whole import Whole

STYLES = {CONFORMANT: "green", BREACHED: "red", INVALID: "yellow", INCONCLUSIVE: "yellow"}
REASONS_MAX = 6
WIDE = 100
"""Columns of a terminal that shows every percentile."""


def show_step(step: Step, screen: Console) -> None:
    """One line as soon as a step has ended."""
    style = STYLES[step.verdict]
    told = f"step {step.number}: {step.load.rate:g} payments/s [{style}]{step.verdict}[/{style}]"
    screen.print(told + (f": {escape(step.why)}" if step.why else ""), highlight=False)


def show(whole: Whole, screen: Console) -> None:
    """Prints the whole load."""
    if not whole.steps:
        screen.print("no step was played", highlight=False)
        return
    load = whole.steps[0].load
    screen.print(
        f"\n{escape(whole.target)}: steps of {load.seconds:g} s ({load.schedule}), from seed "
        f"{load.seed}",
        highlight=False,
    )
    screen.print(_steps(whole, screen.width))
    screen.print(_sending(whole.steps[-1]))
    for step in whole.steps:
        for line in _reasons(step):
            screen.print(f"- {step.load.rate:g}/s: {escape(line)}", highlight=False)
    for recovery in (recovery for step in whole.steps for recovery in step.recoveries):
        screen.print(f"- {escape(_recovered(recovery))}", highlight=False)
    if whole.ceilings is not None:
        screen.print(_carried(whole.ceilings), highlight=False)
    facts = [f"{name.replace('_', ' ')} {value}" for name, value in whole.machine.items()]
    screen.print(f"machine: {', '.join(facts)}", highlight=False)
    screen.print(escape(whole.sentence), style="bold", highlight=False)


def show_ceilings(ceilings: Ceilings, screen: Console) -> None:
    """What was carried before the first step."""
    screen.print(f"calibrated: {_carried(ceilings)}", highlight=False)


def _carried(ceilings: Ceilings) -> str:
    parts = []
    for rate, what, why in (
        (
            ceilings.payments,
            "payments/s through a platform that only forwards",
            ceilings.payments_limit,
        ),
        (
            ceilings.transmissions,
            "transmissions/s to the regulator",
            ceilings.transmissions_limit,
        ),
    ):
        least = "" if why else "at least "
        parts.append(f"{least}{rate:g} {what}" + (f" (then {why})" if why else ""))
    return f"this machine carries {', and '.join(parts)}"


def _recovered(recovery: Recovery) -> str:
    back = (
        "it was never worked off"
        if recovery.after_s is None
        else f"worked off {recovery.after_s:.1f} s after its end"
    )
    return (
        f"{recovery.fault} lasted {recovery.lasted_s:.1f} s: up to {recovery.most} payments were "
        f"under way ({recovery.before} at most before it), {back}"
    )


def _reasons(step: Step) -> list[str]:
    """Why a step was not conformant; where ours was the limit, nothing is said of the platform."""
    told = {INVALID: step.invalid, BREACHED: step.breaches, INCONCLUSIVE: step.doubts}
    return list(told.get(step.verdict, ()))[:REASONS_MAX]


def _steps(whole: Whole, width: int) -> Table:
    names = _NAMES if width >= WIDE else _FEW_NAMES
    table = _table("want/s", "got/s", *names, "failed", "feed", "lineage", "rulings", "verdict")
    for step in whole.steps:
        latency = percentiles(step.payments)
        style = STYLES[step.verdict]
        table.add_row(
            f"{step.wanted:.1f}",
            f"{step.rate:.1f}",
            *(_ms(latency[name]) for name in names),
            f"{step.error_share:.1%}" if step.failures else "0",
            _ms(step.lags.feed.percentile_us(99)),
            _ms(step.lags.lineage.percentile_us(99)),
            _rulings(step),
            f"[{style}]{step.verdict}[/{style}]",
        )
    table.caption = (
        f"{names[0]} to {names[-1]}: ms until a right answer, from the moment at which a payment "
        "was meant to leave; feed and lineage: ms behind the arrival of the payload (p99); "
        "rulings: passed, failed"
    )
    return table


_NAMES = ("p50", "p90", "p99", "p99.9", "max")
_FEW_NAMES = ("p50", "p99", "p99.9")


def _rulings(step: Step) -> str:
    if step.judged is None:
        return "none"
    return f"{step.judged.passed}, {len(step.judged.breaches)}"


def _sending(step: Step) -> Table:
    table = _table(
        "last step", "intended", "dropped", "late", "max lag", "answered", "errors", "p99", "served"
    )
    for name, tally in step.generated.tallies.items():
        lag = _ms(tally.lag.max_us if tally.lag.count else None)
        counts = (tally.intended, tally.dropped, tally.late)
        ends = (tally.latency.percentile_us(99), tally.served.percentile_us(99))
        seen = (str(tally.answered), str(tally.failed), *map(_ms, ends))
        table.add_row(name, *map(str, counts), lag, *seen)
    busy = {**step.generated.busy, **step.saturation.busy}
    shares = ", ".join(f"{name} {share:.0%}" for name, share in busy.items())
    table.caption = (
        f"late: more than {LATE_S * 1000:.0f} ms after the intended moment; p99 in ms, and what of "
        f"it the server says it needed (p99); busy, of one core each: {shares}"
    )
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=SIMPLE, caption_justify="left", padding=(0, 0, 0, 1))
    table.add_column(first, no_wrap=True, justify="right")
    for column in others:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _ms(value_us: int | None) -> str:
    if value_us is None:
        return "–"
    return f"{value_us / 1000:.1f}" if value_us < 100_000 else f"{value_us / 1000:.0f}"
