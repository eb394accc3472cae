"""What the terminal shows: progress while a run works, and tables at its end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from scenarios.doctor import Check
from scenarios.prove import Examined
from scenarios.run import Happening, Tell

STYLES = {
    "pass": "green",
    "conformant": "bold green",
    "fail": "bold red",
    "not_conformant": "bold red",
    "inconclusive": "yellow",
    "partial": "yellow",
    "not_exercised": "yellow",
    "not_applicable": "dim",
    "ok": "green",
    "note": "yellow",
    "wrong": "bold red",
}


def word(of: str) -> Text:
    """A verdict or state in its colour."""
    return Text(of.replace("_", " "), style=STYLES.get(of, ""))


@contextmanager
def progress(console: Console) -> Iterator[Tell]:
    """Shows what a run is doing: a live bar at a terminal, one line a story elsewhere."""
    if not console.is_terminal:
        yield _one_line_a_story(console)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[story]:<34}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=1, story="")

        def tell(happening: Happening) -> None:
            bar.update(
                task,
                description=happening.text,
                completed=max(0, happening.number - 1),
                total=happening.of,
                story=happening.story,
            )

        yield tell


def _one_line_a_story(console: Console) -> Tell:
    told: set[str] = set()

    def tell(happening: Happening) -> None:
        if happening.number and happening.story not in told:
            told.add(happening.story)
            console.print(f"{happening.number}/{happening.of} {happening.story}")

    return tell


def checks_table(checks: Sequence[Check]) -> Table:
    """What the doctor looked at."""
    table = Table("what", "state", "detail", title="Configuration")
    for check in checks:
        table.add_row(check.name, word(check.state), Text(check.detail))
    return table


def matrix_table(examined: Sequence[Examined]) -> Table:
    """One line a platform: what it should be convicted of, and what convicted it."""
    table = Table("platform", "kind", "verdict", "meant for", "convicted by", "as expected")
    table.title = "Kill matrix"
    for one in examined:
        convicted = Text(", ".join(one.convicted_by) + (" (crashed)" if one.crashed else ""))
        expected = word("ok") if one.as_expected else word("wrong")
        table.add_row(one.id, one.kind, word(one.verdict), one.meant_for or "", convicted, expected)
    return table


def list_table(kind: str, entries: Sequence[dict[str, Any]]) -> Table:
    """A list of the project."""
    table = Table("id", "title", title=kind)
    for entry in entries:
        table.add_row(str(entry["id"]), Text(str(entry.get("title", ""))))
    return table
