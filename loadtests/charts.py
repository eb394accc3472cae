"""Curves as SVG, drawn here: a report is one file that works offline, and prints.

Colours come from the page's style, so that a chart is readable on paper and in the dark; lines
differ in their dashes too, since not everybody sees the colours.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 62, 26, 14, 44
TICKS = 5
DASHES = ("", "6 3", "2 3", "10 3 2 3", "1 4", "12 4")

Scale = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Line:
    """One curve."""

    name: str
    points: Sequence[tuple[float, float]]
    kind: int = 0
    """Which of the page's colours and dashes it has."""


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the x axis that is marked, such as the time of a fault."""

    begins: float
    ends: float
    name: str


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows; `log` draws equal ratios as equal distances."""

    label: str
    log: bool = False
    ticks: Sequence[tuple[float, str]] = field(default=())
    """Fixed ticks with their words; none lets them be chosen."""


def chart(
    title: str, lines: Sequence[Line], *, x: Axis, y: Axis, bands: Sequence[Band] = ()
) -> str:
    """The chart as an SVG element; without any point, a sentence that says so."""
    points = [point for line in lines for point in line.points]
    if not points:
        return f'<p class="soft">{escape(title)}: nothing to draw.</p>'
    xs = [px for px, _ in points] + [tick for tick, _ in x.ticks]
    ys = [py for _, py in points]
    x_scale, x_ends = _scale(xs, LEFT, WIDTH - RIGHT, x.log, from_zero=False)
    y_scale, y_ends = _scale(ys, HEIGHT - BOTTOM, TOP, y.log, from_zero=not y.log)
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title, {chr(34): "&quot;"})}">',
        f"<title>{escape(title)}</title>",
        *(_band(band, x_scale, x_ends) for band in bands),
        *_x_axis(x, x_scale, x_ends),
        *_y_axis(y, y_scale, y_ends),
        *(_line(line, x_scale, y_scale) for line in lines if line.points),
        "</svg>",
        _legend(lines),
    ]
    return "\n".join(parts)


def _scale(
    values: Sequence[float], near: float, far: float, log: bool, *, from_zero: bool
) -> tuple[Scale, tuple[float, float]]:
    """From a value to its place, and the least and largest value that has one."""
    if log:
        least = min((value for value in values if value > 0), default=1.0)
        most = max(values) if max(values) > 1.01 * least else 10 * least
        span = math.log(most / least)
        return (
            lambda value: near + (far - near) * math.log(max(value, least) / least) / span,
            (least, most),
        )
    least = 0.0 if from_zero else min(values)
    most = max(values)
    if most <= least:
        most = least + 1.0
    return lambda value: near + (far - near) * (value - least) / (most - least), (least, most)


def nice_ticks(least: float, most: float, log: bool = False) -> list[float]:
    """Round values between the two, few enough to read."""
    if log:
        exponents = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
        found = [factor * 10.0**e for e in exponents for factor in (1, 2, 5)]
        inside = [value for value in found if least <= value <= most]
        tens = [value for value in inside if math.log10(value) == round(math.log10(value))]
        return tens if len(inside) > 2 * TICKS and len(tens) > 1 else inside
    rough = (most - least) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    first = math.ceil(least / step) * step
    count = math.floor((most - first) / step + 1e-9) + 1
    return [round(first + number * step, 10) for number in range(count)]


def _x_axis(axis: Axis, scale: Scale, ends: tuple[float, float]) -> list[str]:
    foot = HEIGHT - BOTTOM
    ticks = axis.ticks or [(value, f"{value:g}") for value in nice_ticks(*ends, axis.log)]
    parts = [f'<line class="axis" x1="{LEFT}" y1="{foot}" x2="{WIDTH - RIGHT}" y2="{foot}"/>']
    for value, word in ticks:
        place = scale(value)
        parts.append(
            f'<line class="axis" x1="{place:.1f}" y1="{foot}" x2="{place:.1f}" y2="{foot + 4}"/>'
        )
        parts.append(
            f'<text x="{place:.1f}" y="{foot + 17}" text-anchor="middle">{escape(word)}</text>'
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text class="label" x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">'
        f"{escape(axis.label)}</text>"
    )
    return parts


def _y_axis(axis: Axis, scale: Scale, ends: tuple[float, float]) -> list[str]:
    parts = []
    for value in nice_ticks(*ends, axis.log):
        place = scale(value)
        parts.append(
            f'<line class="grid" x1="{LEFT}" y1="{place:.1f}" x2="{WIDTH - RIGHT}" '
            f'y2="{place:.1f}"/>'
        )
        parts.append(
            f'<text x="{LEFT - 6}" y="{place + 4:.1f}" text-anchor="end">{value:,g}</text>'
        )
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(
        f'<text class="label" x="14" y="{middle}" text-anchor="middle" '
        f'transform="rotate(-90 14 {middle})">{escape(axis.label)}</text>'
    )
    return parts


def _band(band: Band, scale: Scale, ends: tuple[float, float]) -> str:
    begins, ends_at = max(band.begins, ends[0]), min(band.ends, ends[1])
    left, right = scale(begins), scale(max(ends_at, begins))
    return (
        f'<rect class="band" x="{left:.1f}" y="{TOP}" width="{max(right - left, 1):.1f}" '
        f'height="{HEIGHT - BOTTOM - TOP}"/>'
        f'<text x="{left + 4:.1f}" y="{TOP + 12}">{escape(band.name)}</text>'
    )


def _line(line: Line, x: Scale, y: Scale) -> str:
    places = " ".join(f"{x(px):.1f},{y(py):.1f}" for px, py in line.points)
    dash = DASHES[line.kind % len(DASHES)]
    dots = ""
    if len(line.points) <= 40:
        dots = "".join(
            f'<circle class="dot k{line.kind % 6}" cx="{x(px):.1f}" cy="{y(py):.1f}" r="2.4">'
            f"<title>{escape(line.name)}: {px:g}, {py:g}</title></circle>"
            for px, py in line.points
        )
    return (
        f'<polyline class="line k{line.kind % 6}" stroke-dasharray="{dash}" points="{places}"/>'
        + dots
    )


def _legend(lines: Sequence[Line]) -> str:
    entries = "".join(
        f'<span><svg class="key" viewBox="0 0 34 8" aria-hidden="true"><line class="line '
        f'k{line.kind % 6}" stroke-dasharray="{DASHES[line.kind % len(DASHES)]}" x1="0" y1="4" '
        f'x2="34" y2="4"/></svg> {escape(line.name)}</span>'
        for line in lines
        if line.points
    )
    return f'<p class="legend">{entries}</p>'
