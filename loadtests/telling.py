"""How a load is told in the terminal: first what was seen, then who was the limit."""

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from loadtests.outcome import Outcome, percentiles
from loadtests.settling import Settled
from loadtests.tally import LATE_S

VERDICTS = {
    0: "carried: as asked, and without errors",
    1: "not carried: there were errors",
    2: "uncertain: the load was not sent as it was meant, so nothing is said of the platform",
}


def show(outcome: Outcome, screen: Console) -> None:
    """Prints the whole outcome."""
    load = outcome.load
    screen.print(
        f"{outcome.target}: {load.rate:g} payments/s and {load.feed_rate:g} transmissions/s "
        f"({load.manner}), {load.seconds:g} s, seed {load.seed}",
        highlight=False,
    )
    screen.print(_sending(outcome))
    screen.print(_latency(outcome))
    if outcome.settled is not None:
        screen.print(_settled(outcome.settled, len(outcome.generated.accepted)), highlight=False)
    busy = [f"{name} {share:.0%}" for name, share in outcome.generated.busy.items()]
    screen.print(f"busy, of one core each: {', '.join(busy)}", highlight=False)
    machine = [f"{name.replace('_', ' ')} {value}" for name, value in outcome.machine.items()]
    screen.print(f"machine: {', '.join(machine)}", highlight=False)
    for line in (*outcome.limits, *outcome.errors):
        screen.print(f"- {escape(line)}", highlight=False)
    screen.print(VERDICTS[outcome.exit_code], style="bold", highlight=False)


def _sending(outcome: Outcome) -> Table:
    table = _table("messages", "intended", "dropped", "late", "max lag ms", "answered", "errors")
    for name, tally in outcome.generated.tallies.items():
        lag = _ms(tally.lag.max_us if tally.lag.count else None)
        counts = (tally.intended, tally.dropped, tally.late)
        table.add_row(name, *map(str, counts), lag, str(tally.answered), str(tally.failed))
    table.caption = f"late: more than {LATE_S * 1000:.0f} ms after the intended moment"
    return table


def _latency(outcome: Outcome) -> Table:
    table = _table("latency in ms", "answers/s", "p50", "p90", "p99", "max")
    for name, tally in outcome.generated.tallies.items():
        rate = f"{tally.answered / outcome.generated.lasted_s:.1f}"
        table.add_row(name, rate, *(_ms(value) for value in percentiles(tally).values()))
    table.caption = "of right answers, from the moment at which a message was meant to leave"
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=SIMPLE, caption_justify="left")
    table.add_column(first, min_width=14)
    for column in others:
        table.add_column(column, justify="right")
    return table


def _ms(value_us: int | None) -> str:
    return "–" if value_us is None else f"{value_us / 1000:.1f}"


def _settled(settled: Settled, accepted: int) -> str:
    told = (
        f"settled {settled.settled} of {settled.followed} accepted payments, "
        f"{settled.after_s:.1f} s after the load"
    )
    return told if settled.followed == accepted else f"{told} (asked about of {accepted})"
