"""A load as one page: the sentence, the table of steps, and the curves. It works offline, prints,
and is made from the figures alone, so that any stored load can be shown again.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from loadtests.charts import Axis, Band, Line, chart
from loadtests.histogram import Histogram

PAYMENT = "payment"
OVER_RATE = ("p50", "p99", "max")
CURVE = (0, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999)
CURVE_TICKS = ((0, "0"), (50, "50"), (90, "90"), (99, "99"), (99.9, "99.9"), (99.99, "99.99"))
STEPS_SHOWN = 6
"""Curves of more steps in one chart could not be told apart."""


def render(figures: Mapping[str, Any]) -> str:
    """The page of one load."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["ms"] = _ms
    steps = figures["steps"]
    return environment.get_template("report.html.jinja").render(
        load=figures,
        steps=steps,
        over_rate=Markup(_over_rate(steps)),
        percentiles=Markup(_percentile_curves(steps)),
        over_time={step["number"]: Markup(_over_time(step)) for step in steps},
        sent={step["number"]: Markup(_sent(step)) for step in steps},
    )


def _over_rate(steps: list[dict[str, Any]]) -> str:
    """How latency grows with the rate; empty where there is only one."""
    if len({step["load"]["rate"] for step in steps}) < 2:
        return ""
    in_order = sorted(steps, key=lambda step: step["load"]["rate"])
    lines = []
    for kind, name in enumerate(OVER_RATE):
        points = [
            (step["load"]["rate"], latency / 1000)
            for step in in_order
            if (latency := step["operations"][PAYMENT]["latency_us"][name]) is not None
        ]
        lines.append(Line(name, points, kind))
    ticks = [(step["load"]["rate"], f"{step['load']['rate']:g}") for step in in_order]
    return chart(
        "Latency over the rate",
        lines,
        x=Axis("payments/s that were wanted", log=True, ticks=_apart(ticks)),
        y=Axis("latency in ms", log=True),
    )


def _apart(ticks: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """Ticks that do not write over one another."""
    kept: list[tuple[float, str]] = []
    for rate, word in ticks:
        if not kept or rate >= 1.25 * kept[-1][0]:
            kept.append((rate, word))
    return kept


def _percentile_curves(steps: list[dict[str, Any]]) -> str:
    """The whole distribution of the last steps, the rare slow answers drawn wide."""
    lines = []
    for kind, step in enumerate(steps[-STEPS_SHOWN:]):
        histogram = histogram_of(step["operations"][PAYMENT])
        points = [
            (_nines(percent), value / 1000)
            for percent in CURVE
            if (value := histogram.percentile_us(percent)) is not None
            and histogram.count * (100 - percent) >= 100
        ]
        lines.append(Line(f"{step['load']['rate']:g}/s (step {step['number']})", points, kind))
    drawn = max((x for line in lines for x, _ in line.points), default=0.0)
    beyond = sum(_nines(percent) < drawn for percent, _ in CURVE_TICKS)
    ticks = [(_nines(percent), word) for percent, word in CURVE_TICKS[: beyond + 1]]
    return chart(
        "Latency by percentile",
        lines,
        x=Axis("percentile", log=True, ticks=ticks),
        y=Axis("latency in ms", log=True),
    )


def _nines(percent: float) -> float:
    """Equal distances for 90, 99 and 99.9 on a logarithmic axis."""
    return 100 / (100 - percent)


def histogram_of(operation: Mapping[str, Any]) -> Histogram:
    """The histogram that figures keep."""
    buckets = {int(key): count for key, count in operation["latency_buckets"].items()}
    most = operation["latency_us"]["max"] or 0
    return Histogram(buckets, sum(buckets.values()), 0, most)


def _over_time(step: Mapping[str, Any]) -> str:
    course = step["operations"][PAYMENT]["course"]
    lines = [
        Line(
            name,
            [
                (second["second"], value / 1000)
                for second in course
                if (value := second["latency_us"][name]) is not None
            ],
            kind,
        )
        for kind, name in enumerate(OVER_RATE)
    ]
    return chart(
        f"Latency over time at {step['load']['rate']:g} payments/s",
        lines,
        x=Axis("seconds since the start, of the intended moment"),
        y=Axis("latency in ms", log=True),
        bands=_bands(step),
    )


def _sent(step: Mapping[str, Any]) -> str:
    """What was meant to be sent and what came of it."""
    course = step["operations"][PAYMENT]["course"]
    names = ("intended", "answered", "failed", "dropped", "late")
    lines = [
        Line(name, [(second["second"], float(second[name])) for second in course], kind)
        for kind, name in enumerate(names)
        if kind < 2 or any(second[name] for second in course)
    ]
    return chart(
        f"Payments each second at {step['load']['rate']:g} payments/s",
        lines,
        x=Axis("seconds since the start, of the intended moment"),
        y=Axis("payments"),
        bands=_bands(step),
    )


def _bands(step: Mapping[str, Any]) -> list[Band]:
    return [Band(fault["from_s"], fault["to_s"], fault["name"]) for fault in step.get("faults", ())]


def _ms(value_us: int | None) -> str:
    return "–" if value_us is None else f"{value_us / 1000:,.1f}"
