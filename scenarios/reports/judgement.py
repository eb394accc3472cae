"""The judgement for programs: the same journal gives the same bytes (schema:
docs/judgement.schema.json)."""

from scenarios.judge.judgement import to_bytes
from scenarios.reports import Account, Report


def render(account: Account) -> bytes:
    return to_bytes(account.judgement)


REPORT = Report(id="json", title="Judgement for programs", filename="judgement.json", render=render)
