"""Every format tells a failure whole: the rule, what was expected and seen, where, how to mend it
and how to see it again."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from html.parser import HTMLParser

import pytest

from scenarios.judge.court import Ruling
from scenarios.judge.verdict import Verdict
from scenarios.reports import Account, Report, catalogue, opportunities
from tests.reports.some_runs import COMMAND

REPORTS = catalogue()
FOR_READERS = [REPORTS[id] for id in ("console", "html", "junit", "markdown")]


class _Page(HTMLParser):
    """What a page holds: its text, its ids, and everything that it points to."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.words: list[str] = []
        self.ids: list[str] = []
        self.tags: Counter[str] = Counter()
        self.links: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src", "srcset", "action", "data", "poster", "background"):
                self.links.append(value or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def plainly(report: Report, account: Account) -> str:
    """The text of a report without markup, frames, line breaks and spaces."""
    rendered = report.render(account)
    match report.id:
        case "html":
            text = " ".join(_Page(rendered).words)
        case "junit":
            root = ET.fromstring(rendered)
            text = " ".join(
                [*root.itertext(), *(v for e in root.iter() for v in e.attrib.values())]
            )
        case _:
            text = rendered.decode()
    return squeezed(re.sub("[│╭╮╰╯─]", "", text))


def squeezed(text: str) -> str:
    """Without spaces, and with every long mask as short as the page shows it."""
    return re.sub(r"\*{9,}", "********", re.sub(r"\s", "", text))


def failed(account: Account) -> list[Ruling]:
    return [ruling for ruling in account.judgement.rulings if ruling.findings]


@pytest.mark.parametrize("report", FOR_READERS, ids=lambda report: report.id)
def test_a_failure_is_told_with_clause_expected_seen_place_remedy_and_command(
    report: Report, guilty: Account
) -> None:
    text = plainly(report, guilty)
    assert len(failed(guilty)) >= 5
    for ruling in failed(guilty):
        rule, finding = ruling.requirement, ruling.findings[0]
        told = (
            rule.clause,
            rule.text,
            rule.remedy,
            finding.sentence,
            guilty.judgement.mask(finding.expected),
            guilty.judgement.mask(finding.seen),
            finding.about.subject,
            finding.about.story,
            str(finding.about.entries[0]),
            f"{COMMAND} --story a_story --requirement {rule.id}",
        )
        for each in told:
            assert squeezed(each) in text, (rule.id, each)


@pytest.mark.parametrize("report", FOR_READERS, ids=lambda report: report.id)
def test_every_ruling_is_told(report: Report, doubtful: Account) -> None:
    text = plainly(report, doubtful)
    for ruling in doubtful.judgement.rulings:
        assert ruling.requirement.id in text
        if report.id != "console":  # Its table breaks titles over several lines.
            assert squeezed(ruling.requirement.title) in text


@pytest.mark.parametrize("report", FOR_READERS, ids=lambda report: report.id)
def test_an_inconclusive_ruling_says_why(report: Report, doubtful: Account) -> None:
    text = plainly(report, doubtful)

    assert squeezed("a fault had blinded the regulator") in text
    assert squeezed("no such thing at request at entry") in text


@pytest.mark.parametrize("report", FOR_READERS, ids=lambda report: report.id)
def test_a_command_that_selects_an_unknown_story_is_never_given(
    report: Report, guilty: Account
) -> None:
    assert squeezed("--story before the stories") not in plainly(report, guilty)


def test_how_often_a_requirement_was_exercised_is_shown_beside_the_least(honest: Account) -> None:
    rulings = {r.requirement.id: r for r in honest.judgement.rulings}

    assert opportunities(rulings["DEC-01"]) == "20 ≥ 20"
    assert opportunities(rulings["DEC-09"]) == "0 < 3"


def test_junit_counts_add_up(honest: Account, guilty: Account, doubtful: Account) -> None:
    for account in (doubtful, honest, guilty):
        root = ET.fromstring(REPORTS["junit"].render(account))
        element_of = {"failures": "failure", "errors": "error", "skipped": "skipped"}
        total: Counter[str] = Counter()
        for suite in root.findall("testsuite"):
            counted = Counter(child.tag for case in suite for child in case)
            said = {name: int(suite.attrib[name]) for name in ("tests", *element_of)}
            assert said["tests"] == len(suite.findall("testcase"))
            for name, element in element_of.items():
                assert said[name] == counted[element], (suite.attrib["name"], name)
            total.update(said)
        assert {name: int(root.attrib[name]) for name in ("tests", *element_of)} == dict(total)
        assert total["tests"] == len(account.judgement.rulings)


def test_junit_has_one_case_a_requirement_and_one_outcome_a_case(doubtful: Account) -> None:
    root = ET.fromstring(REPORTS["junit"].render(doubtful))
    cases = {case.attrib["classname"]: case for case in root.iter("testcase")}
    outcome = {
        Verdict.PASS: [],
        Verdict.FAIL: ["failure"],
        Verdict.INCONCLUSIVE: ["error"],
        Verdict.NOT_EXERCISED: ["skipped"],
        Verdict.NOT_APPLICABLE: ["skipped"],
    }
    assert {ruling.requirement.id for ruling in doubtful.judgement.rulings} == set(cases)
    for ruling in doubtful.judgement.rulings:
        assert [e.tag for e in cases[ruling.requirement.id]] == outcome[ruling.verdict]


def test_the_page_needs_nothing_from_elsewhere(guilty: Account) -> None:
    rendered = REPORTS["html"].render(guilty)
    page = _Page(rendered)

    assert [link for link in page.links if not link.startswith("#")] == []
    assert [tag for tag in ("script", "link", "img", "iframe", "object") if page.tags[tag]] == []
    assert "url(" not in rendered.decode()
    assert "@import" not in rendered.decode()


def test_every_jump_on_the_page_arrives(
    honest: Account, guilty: Account, doubtful: Account
) -> None:
    for account in (guilty, doubtful, honest):
        page = _Page(REPORTS["html"].render(account))
        assert len(page.ids) == len(set(page.ids))
        assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
        assert len(page.links) > len(account.judgement.rulings)


def test_the_page_quotes_the_evidence_of_each_finding_that_it_shows(guilty: Account) -> None:
    page = _Page(REPORTS["html"].render(guilty))
    for ruling in failed(guilty):
        for entry in ruling.findings[0].about.entries[:8]:
            assert f"#entry-{entry}" in page.links


def test_markdown_keeps_its_tables(guilty: Account) -> None:
    lines = REPORTS["markdown"].render(guilty).decode().splitlines()
    rows = [line for line in lines if line.startswith("|")]

    assert {row.count("|") for row in rows} == {6}
    assert len(rows) == 2 + len(guilty.judgement.rulings)


@pytest.mark.parametrize("report", list(REPORTS.values()), ids=lambda report: report.id)
def test_what_a_platform_chose_breaks_no_report(report: Report, hostile: Account) -> None:
    text = report.render(hostile).decode()

    assert [ruling.requirement.id for ruling in failed(hostile) if ruling.findings]
    assert "TRC-01" in text
    if report.id == "html":
        assert _Page(text.encode()).tags["script"] == 0
        assert _Page(text.encode()).tags["img"] == 0
    if report.id == "junit":
        ET.fromstring(text)
    if report.id == "markdown":
        assert not [
            line for line in text.splitlines() if line.startswith(("## forged", "- forged"))
        ]
    if report.id == "console":
        assert "\x1b" not in text


def test_two_reports_never_share_a_file() -> None:
    names = [report.filename for report in REPORTS.values()]

    assert sorted(names) == sorted(set(names))
    assert set(names) >= {"judgement.json", "report.html", "junit.xml", "summary.md"}
