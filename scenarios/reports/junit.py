"""JUnit XML for pipelines: one test case a requirement, one suite a group."""

import xml.etree.ElementTree as ET
from itertools import groupby

from scenarios.judge.court import Ruling
from scenarios.judge.verdict import Verdict
from scenarios.reports import Account, Report, whys


def render(account: Account) -> bytes:
    judgement = account.judgement
    root = ET.Element("testsuites", name=f"reinspect {judgement.platform}")
    total = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for group, grouped in groupby(judgement.rulings, key=lambda r: r.requirement.id[:3]):
        rulings = list(grouped)
        counts = {
            "tests": len(rulings),
            "failures": sum(ruling.verdict is Verdict.FAIL for ruling in rulings),
            "errors": sum(ruling.verdict is Verdict.INCONCLUSIVE for ruling in rulings),
            "skipped": sum(
                ruling.verdict in (Verdict.NOT_EXERCISED, Verdict.NOT_APPLICABLE)
                for ruling in rulings
            ),
        }
        suite = ET.SubElement(root, "testsuite", {"name": group, **_texts(counts)})
        for ruling in rulings:
            _case(suite, account, ruling)
        total = {name: total[name] + counts[name] for name in total}
    for name, value in _texts(total).items():
        root.set(name, value)
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _texts(counts: dict[str, int]) -> dict[str, str]:
    return {name: str(count) for name, count in counts.items()}


def _case(suite: ET.Element, account: Account, ruling: Ruling) -> None:
    requirement, mask = ruling.requirement, account.judgement.mask
    case = ET.SubElement(
        suite, "testcase", name=f"{requirement.id} {requirement.title}", classname=requirement.id
    )
    match ruling.verdict:
        case Verdict.FAIL:
            first = ruling.findings[0]
            element = ET.SubElement(case, "failure", message=first.sentence, type=requirement.force)
            element.text = mask(_findings(account, ruling))
        case Verdict.INCONCLUSIVE:
            element = ET.SubElement(case, "error", message="inconclusive", type="inconclusive")
            element.text = mask("\n".join(whys(ruling)[:20]))
        case Verdict.NOT_EXERCISED:
            said = f"exercised {ruling.exercised} times, at least {requirement.at_least} needed"
            ET.SubElement(case, "skipped", message=said)
        case Verdict.NOT_APPLICABLE:
            ET.SubElement(case, "skipped", message="not applicable")


def _findings(account: Account, ruling: Ruling) -> str:
    """The first findings in full, and how many there are."""
    requirement = ruling.requirement
    lines = [f"{requirement.clause}: {requirement.text}", f"{len(ruling.findings)} findings"]
    for finding in ruling.findings[:5]:
        entries = ", ".join(str(entry) for entry in finding.about.entries[:5])
        lines += [
            f"- {finding.sentence}",
            f"  where: {finding.about.subject}, story {finding.about.story}, entries {entries}",
            f"  expected: {finding.expected}",
            f"  seen: {finding.seen}",
            f"  reproduce: {account.reproduce(ruling, finding)}",
        ]
    lines.append(f"How to mend: {requirement.remedy}")
    return "\n".join(lines)


REPORT = Report(id="junit", title="JUnit XML for pipelines", filename="junit.xml", render=render)
