"""One page that works offline: verdict, rulings, failure cards, and the evidence they rest on."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scenarios.judge.judgement import Mask
from scenarios.judge.verdict import Verdict
from scenarios.reports import FINDINGS_SHOWN, Account, Report, entries_shown
from simulator.journal.entry import Entry

_MOST_ENTRIES = 400
_MOST_CHARACTERS = 6_000
_LONG_MASK = re.compile(r"\*{9,}")
"""How long a masked token was helps no reader."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One journal entry as the page shows it."""

    sequence: int
    kind: str
    sandbox_at: str
    wall_at: str
    digest: str
    heading: str
    content: str


def render(account: Account) -> bytes:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    judgement = account.judgement
    exhibits = list(_exhibits(account))
    page = environment.get_template("report.html.jinja").render(
        judgement=judgement,
        mask=judgement.mask,
        brief=lambda text: _LONG_MASK.sub("********", judgement.mask(text)),
        most=FINDINGS_SHOWN,
        reproduce=account.reproduce,
        failed=[ruling for ruling in judgement.rulings if ruling.findings],
        exhibits=exhibits,
        shown={exhibit.sequence for exhibit in exhibits},
        words=[verdict.word for verdict in sorted(Verdict, reverse=True)],
    )
    return page.encode()


def _exhibits(account: Account) -> Iterator[Exhibit]:
    """The entries that the shown findings rest on, in journal order."""
    wanted = entries_shown(account.judgement)
    by_sequence = {entry.sequence: entry for entry in account.evidence if entry.sequence in wanted}
    for sequence in sorted(by_sequence)[:_MOST_ENTRIES]:
        yield _exhibit(by_sequence[sequence], account.judgement.mask)


def _exhibit(entry: Entry, mask: Mask) -> Exhibit:
    body: dict[str, Any] = json.loads(entry.content)["body"]
    pretty = json.dumps(body, indent=2, ensure_ascii=False)
    cut = pretty if len(pretty) <= _MOST_CHARACTERS else pretty[:_MOST_CHARACTERS] + "\n…"
    return Exhibit(
        sequence=entry.sequence,
        kind=entry.kind,
        sandbox_at=f"{entry.sandbox_at:%Y-%m-%d %H:%M:%S}",
        wall_at=f"{entry.wall_at:%H:%M:%S.%f}",
        digest=entry.digest,
        heading=mask(_heading(entry.kind, body)),
        content=mask(cut),
    )


def _heading(kind: str, body: dict[str, Any]) -> str:
    """What the entry says, in one line."""
    match kind:
        case "exchange":
            said = f"{body['method']} {body['path']} → {body['status']}"
            return f"{said} {body['refusal']}" if body["refusal"] else said
        case "arrival":
            return f"payload of {body['body']['size_bytes']} bytes at {body['recipient']}"
        case "asked":
            return f"payment {body['payment']['id']}: {body['outcome']}"
        case "delivery":
            return f"notice {body['notice']}, attempt {body['attempt']} → {body['status']}"
        case "decided":
            return f"{body['command']} by {body['by']}"
        case _:
            return kind


REPORT = Report(id="html", title="Page that works offline", filename="report.html", render=render)
