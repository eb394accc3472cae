"""Compares two loads: what became faster, slower, or is conformant no more. It reads their figures
alone.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from loadtests.figures import FORMAT
from loadtests.options import UsageError
from loadtests.whole import CARRIED, NOT_CARRIED, UNCERTAIN

FIGURES = "load.json"
WORSE_SHARE = 0.1
"""Two searches end a tenth apart at most: less than that is no difference."""
PERCENTILES = ("p50", "p99", "p99.9")


@dataclass(frozen=True, slots=True)
class Pair:
    """The last steps of one rate in both loads."""

    rate: float
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def ratio(self, percentile: str) -> float | None:
        """How many times the former latency the new one is; `None` where one is missing."""
        old, new = (
            step["operations"]["payment"]["latency_us"][percentile]
            for step in (self.before, self.after)
        )
        return None if not old or new is None else new / old


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two loads side by side."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def pairs(self) -> list[Pair]:
        """Rates that both have played, the lowest first."""
        old, new = _by_rate(self.before), _by_rate(self.after)
        return [Pair(rate, old[rate], new[rate]) for rate in sorted(old.keys() & new.keys())]

    @property
    def worse(self) -> list[str]:
        """What the second conforms to no more."""
        return list(_worse(self))

    @property
    def unsaid(self) -> str | None:
        """Why nothing can be said of rates that the first conformed to; `None` if something can."""
        old, new = self._up_to
        if self.worse or old is None or not _less(new, old):
            return None
        return (
            f"it was conformant up to {old:g} payments/s, and is now {_up_to(new)}, without a "
            "breach: nothing can be said of the rates between; play it again"
        )

    @property
    def _up_to(self) -> tuple[float | None, float | None]:
        return self.before["conformant_up_to"], self.after["conformant_up_to"]

    @property
    def verdict(self) -> str:
        """In one word or two."""
        if self.worse:
            return "worse"
        return "uncertain" if self.unsaid else "not worse"

    @property
    def exit_code(self) -> int:
        """What tells a pipeline the same."""
        return {"worse": NOT_CARRIED, "uncertain": UNCERTAIN}.get(self.verdict, CARRIED)

    @property
    def remarks(self) -> list[str]:
        """Why the two may not be comparable."""
        found = []
        for name, what in (("target", "platforms"), ("limits", "limits")):
            if self.before[name] != self.after[name]:
                found.append(f"they were loads of different {what}")
        for name in ("cores", "system", "python"):
            old, new = self.before["machine"].get(name), self.after["machine"].get(name)
            if old != new:
                found.append(f"they ran on different machines: {name} {old} and {new}")
        return found


def _by_rate(load: Mapping[str, Any]) -> dict[float, Mapping[str, Any]]:
    return {step["load"]["rate"]: step for step in load["steps"]}


def _worse(comparison: Comparison) -> Iterator[str]:
    old, new = comparison._up_to
    breach_at = comparison.after["first_breach_at"]
    if old is not None and breach_at is not None and breach_at <= old and _less(new, old):
        yield f"it was conformant up to {old:g} payments/s, and is now {_up_to(new)}"
    for pair in comparison.pairs:
        if pair.before["verdict"] == "conformant" and pair.after["verdict"] == "breached":
            why = pair.after["breaches"][0]
            yield f"{pair.rate:g} payments/s were conformant, and are breached: {why}"


def _less(new: float | None, old: float) -> bool:
    """Whether a rate is less by more than two searches differ."""
    return new is None or new < old * (1 - WORSE_SHARE)


def _up_to(rate: float | None) -> str:
    return "at no rate" if rate is None else f"up to {rate:g} payments/s"


def read(path: Path) -> dict[str, Any]:
    """The figures of a load, by its folder or their file."""
    file = path / FIGURES if path.is_dir() else path
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
        format = value["format"]
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read ({error.strerror}); name the folder of a load, such as "
            "runs/load-1"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file} holds no figures of a load ({error!r})") from error
    if format != FORMAT:
        raise UsageError(
            f"{file} is of format {format!r}, and this version compares format {FORMAT}: play that "
            "load again"
        )
    return dict(value)


def show(comparison: Comparison, screen: Console) -> None:
    """Prints both, rate by rate."""
    for name, load in (("before", comparison.before), ("after", comparison.after)):
        screen.print(f"{name}: {escape(load['result'])}", highlight=False)
    table = Table(box=SIMPLE, padding=(0, 0, 0, 1))
    for head in ("payments/s", *PERCENTILES, "verdict before", "after"):
        table.add_column(head, justify="right", no_wrap=True)
    for pair in comparison.pairs:
        ratios = (pair.ratio(percentile) for percentile in PERCENTILES)
        table.add_row(
            f"{pair.rate:g}",
            *("–" if ratio is None else f"x{ratio:.2f}" for ratio in ratios),
            pair.before["verdict"],
            pair.after["verdict"],
        )
    if comparison.pairs:
        screen.print(table)
    else:
        screen.print("no rate was played in both; --steps plays the same rates", highlight=False)
    unsaid = [] if comparison.unsaid is None else [comparison.unsaid]
    for line in (*comparison.remarks, *comparison.worse, *unsaid):
        screen.print(f"- {escape(line)}", highlight=False)
    screen.print(comparison.verdict, style="bold", highlight=False)
