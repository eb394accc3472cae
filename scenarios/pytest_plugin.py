"""The same run as pytest items: `pytest --reinspect-target FILE` adds one item a requirement.

Without the option it does nothing. All items share one run, played when the first of them is asked;
a MUST that was not shown to hold is a failure too, because silence is never a pass.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from scenarios.certify import Certified
    from scenarios.judge import Judgement
    from scenarios.judge.court import Ruling
    from scenarios.judge.judgement import Mask

SHOWN = 5
"""Findings of one requirement that are told; the reports hold them all."""
TARGET, SEED, OUT = "--reinspect-target", "--reinspect-seed", "--reinspect-out"


class NotShown(Exception):
    """A requirement that failed, or that was not shown to hold; the message is the whole report."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options; all of them begin with the name of the project."""
    group = parser.getgroup("reinspect")
    group.addoption(TARGET, metavar="FILE", help="examine the platform of this target file")
    group.addoption(SEED, type=int, default=1, metavar="N", help="seed of all traffic (1)")
    group.addoption(OUT, default="runs", metavar="DIR", help="where run folders go (runs)")


def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Adds one item a requirement, in the order of their ids."""
    target = config.getoption(TARGET)
    if target is None:
        return
    from scenarios.requirements import catalogue

    run = SharedRun(Path(target), seed=config.getoption(SEED), out=Path(config.getoption(OUT)))
    items.extend(
        RequirementItem.from_parent(session, name=id, run=run, nodeid=f"reinspect::{id}")
        for id in catalogue()
    )


class SharedRun:
    """Plays when it is first asked, and answers from the same judgement ever after."""

    def __init__(self, target: Path, *, seed: int, out: Path) -> None:
        self.target = target
        self._seed = seed
        self._out = out
        self._certified: Certified | None = None
        self._failure: Exception | None = None

    def judgement(self) -> Judgement:
        """The judgement of the run; raises again what kept it from being made."""
        if self._failure is not None:
            raise self._failure
        if self._certified is None:
            try:
                self._certified = self._certify()
            except Exception as failure:
                self._failure = failure
                raise
        return self._certified.account.judgement

    def _certify(self) -> Certified:
        import uvloop

        from scenarios.certify import certify_target
        from scenarios.run import Plan
        from scenarios.stories import catalogue_of_stories
        from scenarios.target import load

        plan = Plan(
            stories=tuple(catalogue_of_stories().values()),
            requirements=None,
            complete=True,
            seed=self._seed,
            rule_pack="r2022",
            command=f"reinspect certify --target {self.target} --seed {self._seed}",
        )
        work = certify_target(
            load(self.target), plan, self._out, lambda happening: None, lambda folder: None
        )
        return uvloop.run(work)


class RequirementItem(pytest.Item):
    """One requirement, judged over the shared run."""

    def __init__(self, *, run: SharedRun, **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]  # pytest passes name, parent and nodeid on.
        self.run = run

    def runtest(self) -> None:
        """Passes, skips what does not bind the platform, or raises with the findings."""
        judgement = self.run.judgement()
        ruling = next(each for each in judgement.rulings if each.requirement.id == self.name)
        verdict = ruling.verdict.word
        if verdict == "pass":
            return
        if verdict == "not_applicable" or ruling.requirement.force != "MUST":
            pytest.skip(f"{ruling.requirement.force}: {verdict}")
        raise NotShown(told(ruling, judgement.mask))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None
    ) -> str:
        """The findings rather than a traceback; whatever else went wrong, in its own words."""
        return str(excinfo.value) or repr(excinfo.value)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where pytest says that the item stands."""
        return self.run.target, None, self.name


def told(ruling: Ruling, mask: Mask) -> str:
    """What a developer needs: rule and clause, what was expected and seen, and the remedy."""
    requirement = ruling.requirement
    lines = [
        f"{requirement.id} {requirement.title}: {ruling.verdict.word}",
        f"  {requirement.text} [{requirement.clause}]",
        f"  exercised {ruling.exercised} times, at least {requirement.at_least} needed",
    ]
    for finding in ruling.findings[:SHOWN]:
        lines.append(f"  {finding.about.subject} (story {finding.about.story}): {finding.sentence}")
        lines.append(f"    expected {mask(finding.expected)}")
        lines.append(f"    seen     {mask(finding.seen)}")
    lines += [f"  in doubt: {mask(doubt.why)}" for doubt in ruling.doubts[:SHOWN]]
    lines += [f"  our own mistake: {mask(mistake)}" for mistake in ruling.mistakes[:SHOWN]]
    lines.append(f"  {requirement.remedy}")
    return "\n".join(lines)
