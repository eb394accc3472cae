"""A summary in Markdown, short enough for a pull request."""

import re

from scenarios.judge.court import Ruling
from scenarios.judge.verdict import Verdict
from scenarios.reports import Account, Report, opportunities, whys

_MOST_WHYS = 5
_MARKS = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "**FAIL**",
    Verdict.NOT_EXERCISED: "not exercised",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.NOT_APPLICABLE: "not applicable",
}


def render(account: Account) -> bytes:
    judgement = account.judgement
    counts = judgement.counts
    lines = [
        f"# {judgement.platform}: {judgement.verdict.replace('_', ' ')}",
        "",
        f"Seed {judgement.seed}, rule pack {judgement.rule_pack}, {counts['payments']} payments, "
        f"{counts['payloads']} payloads, {counts['entries']} journal entries.",
        f"Journal digest `{judgement.journal_digest}`.",
        "",
        *(f"> {_quoted(judgement.mask(reason))}" for reason in judgement.reasons),
        *(
            f"> Story {story} was skipped: {_quoted(judgement.mask(lacking))}"
            for story, lacking in judgement.skipped.items()
        ),
        "",
        "| requirement | force | verdict | exercised | findings |",
        "|---|---|---|---:|---:|",
        *(_row(ruling) for ruling in judgement.rulings),
        "",
    ]
    for ruling in judgement.rulings:
        if ruling.findings:
            lines += _card(account, ruling)
        elif reasons := whys(ruling):
            shown = [f"- {_quoted(judgement.mask(why))}" for why in reasons[:_MOST_WHYS]]
            lines += [f"## {ruling.requirement.id}: inconclusive", "", *shown, ""]
    return ("\n".join(lines).rstrip() + "\n").encode()


def _row(ruling: Ruling) -> str:
    requirement = ruling.requirement
    return (
        f"| {requirement.id} {requirement.title} | {requirement.force} | {_MARKS[ruling.verdict]} "
        f"| {opportunities(ruling)} | {len(ruling.findings)} |"
    )


def _card(account: Account, ruling: Ruling) -> list[str]:
    requirement, mask = ruling.requirement, account.judgement.mask
    finding = ruling.findings[0]
    entries = ", ".join(str(entry) for entry in finding.about.entries[:5])
    return [
        f"## {requirement.id}: {finding.sentence}",
        "",
        f"{requirement.clause}. {requirement.text}",
        "",
        f"- Expected: {_quoted(mask(finding.expected))}",
        f"- Seen: {_quoted(mask(finding.seen))}",
        f"- Where: {finding.about.subject}, story {finding.about.story}, journal entries {entries}",
        f"- How to mend: {requirement.remedy}",
        f"- Reproduce: `{account.reproduce(ruling, finding)}`",
        f"- Findings in all: {len(ruling.findings)}",
        "",
    ]


def _quoted(text: str) -> str:
    """A code span, so that nothing in the text is taken for Markdown or HTML."""
    line = " ".join(text.split())
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


REPORT = Report(id="markdown", title="Summary in Markdown", filename="summary.md", render=render)
