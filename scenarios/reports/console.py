"""The verdict table of the terminal, kept as plain text beside the other reports."""

import io

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from scenarios.judge.court import Ruling
from scenarios.judge.verdict import Verdict
from scenarios.reports import Account, Report, opportunities, whys

_STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.NOT_EXERCISED: "yellow",
    Verdict.INCONCLUSIVE: "magenta",
    Verdict.NOT_APPLICABLE: "dim",
}
_WIDTH = 110


def show(account: Account, console: Console) -> None:
    """Print the table, a card for each requirement that failed, and the verdict last."""
    judgement = account.judgement
    console.print(_table(account))
    for ruling in judgement.rulings:
        if ruling.findings:
            console.print(_card(account, ruling))
        elif reasons := whys(ruling):
            more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
            said = f"{ruling.requirement.id} is inconclusive: {judgement.mask(reasons[0])}{more}"
            console.print(Text(said, style="magenta"))
    for story, lacking in judgement.skipped.items():
        console.print(Text(f"story {story} was skipped: {judgement.mask(lacking)}", style="yellow"))
    for reason in judgement.reasons:
        console.print(Text(judgement.mask(reason), style="magenta"))
    colour = {0: "bold green", 1: "bold red"}.get(judgement.exit_code, "bold yellow")
    said = judgement.verdict.replace("_", " ").upper()
    console.print(Text(f"{judgement.platform}: {said}", style=colour))


def render(account: Account) -> bytes:
    text = io.StringIO()
    show(account, Console(file=text, width=_WIDTH, no_color=True, legacy_windows=False))
    return text.getvalue().encode()


def _table(account: Account) -> Table:
    judgement = account.judgement
    counts = judgement.counts
    table = Table(
        title=f"{counts['payments']} payments, {counts['payloads']} payloads, "
        f"{counts['transmissions']} transmissions, rule pack {judgement.rule_pack}, "
        f"seed {judgement.seed}",
        title_justify="left",
    )
    table.add_column("id", no_wrap=True)
    table.add_column("requirement")
    table.add_column("force", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("exercised", justify="right", no_wrap=True)
    table.add_column("findings", justify="right", no_wrap=True)
    for ruling in judgement.rulings:
        requirement = ruling.requirement
        table.add_row(
            requirement.id,
            requirement.title,
            requirement.force,
            Text(ruling.verdict.word.replace("_", " "), style=_STYLES[ruling.verdict]),
            opportunities(ruling),
            str(len(ruling.findings)) if ruling.findings else "",
        )
    return table


def _card(account: Account, ruling: Ruling) -> Panel:
    requirement, mask = ruling.requirement, account.judgement.mask
    finding = ruling.findings[0]
    entries = ", ".join(str(entry) for entry in finding.about.entries[:5])
    more = f" (and {len(ruling.findings) - 1} more)" if len(ruling.findings) > 1 else ""
    body = Text()
    for label, value in (
        ("rule", f"{requirement.text} [{requirement.clause}]"),
        ("breach", finding.sentence + more),
        ("expected", mask(finding.expected)),
        ("seen", mask(finding.seen)),
        ("where", f"{finding.about.subject}, story {finding.about.story}, entries {entries}"),
        ("mend", requirement.remedy),
        ("reproduce", account.reproduce(ruling, finding)),
    ):
        body.append(f"{label:<10}", style="bold")
        body.append(f"{value}\n")
    body.rstrip()
    return Panel(
        body, title=f"{requirement.id} {requirement.title}", title_align="left", style="red"
    )


REPORT = Report(
    id="console", title="Verdict table of the terminal", filename="verdict.txt", render=render
)
