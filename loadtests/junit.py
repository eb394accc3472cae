"""A load as JUnit XML for pipelines: one test case a step, in the order in which they were played.

Only a breach at a rate that must be carried is a failure: what breaks above it is what a search
looks for, and is told as output.
"""

import xml.etree.ElementTree as ET

from loadtests.outcome import Step
from loadtests.search import BREACHED, CONFORMANT
from loadtests.whole import Whole


def render(whole: Whole) -> bytes:
    """The file's bytes."""
    counts = {"tests": len(whole.steps) + 1, "failures": 0, "errors": 0}
    root = ET.Element("testsuites", name=f"reinspect load {whole.target}")
    suite = ET.SubElement(root, "testsuite", name="load")
    for step in whole.steps:
        _count(counts, _step(suite, step, must=whole.must))
    _count(counts, _result(suite, whole))
    for element in (root, suite):
        for name, value in counts.items():
            element.set(name, str(value))
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _count(counts: dict[str, int], kind: str | None) -> None:
    if kind is not None:
        counts[kind] += 1


def _step(suite: ET.Element, step: Step, *, must: float) -> str | None:
    """One step; what it adds to the counts."""
    case = ET.SubElement(
        suite,
        "testcase",
        name=f"step {step.number}: {step.load.rate:g} payments/s",
        classname="load",
        time=f"{step.generated.lasted_s:.3f}",
    )
    if step.verdict == CONFORMANT:
        return None
    if step.load.rate > must:
        ET.SubElement(case, "system-out").text = f"{step.verdict}: {step.why}"
        return None
    if step.verdict == BREACHED:
        element = ET.SubElement(case, "failure", message=step.why, type="breached")
        element.text = "\n".join(step.breaches)
        return "failures"
    element = ET.SubElement(case, "error", message=step.why, type=step.verdict)
    element.text = "\n".join(step.invalid or step.doubts)
    return "errors"


def _result(suite: ET.Element, whole: Whole) -> str | None:
    """What the load as a whole says."""
    name = f"conformant at {whole.must:g} payments/s"
    case = ET.SubElement(suite, "testcase", name=name, classname="load")
    if whole.exit_code == 0:
        ET.SubElement(case, "system-out").text = whole.sentence
        return None
    failed = whole.exit_code == 1
    ET.SubElement(case, "failure" if failed else "error", message=whole.sentence, type="load")
    return "failures" if failed else "errors"
