"""The judge acquits a platform that it has never seen: other formats, batches, polling.

The stories are dealt to a few sandboxes that are examined side by side, so that their waits
overlap; each requirement is ruled on in every sandbox, and what exercised it is added up.
"""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from scenarios import certify, parties, run
from scenarios.control import Control
from scenarios.judge.judgement import Judgement
from scenarios.parties import RunningSimulator
from scenarios.requirements import catalogue
from scenarios.run import Plan
from scenarios.run_folder import RunFolder
from scenarios.stories import Story, catalogue_of_stories, in_order_of_play
from tests.other_platform.target import prepared

ROOT = Path(__file__).parents[2]
SANDBOXES = 3


async def judged(
    simulator: RunningSimulator, folder: Path, name: str, stories: list[Story]
) -> Judgement:
    folder.mkdir()
    plan = Plan(
        stories=tuple(stories),
        requirements=None,
        complete=True,
        seed=11,
        rule_pack="r2022",
        scale=0.25,
    )
    target, platform = prepared(folder, simulator_url=simulator.url, sandbox=name)
    async with Control(simulator.url, simulator.token, name) as control:
        await run.open_sandbox(control, target, plan)
        async with parties.running(platform, answers=target.payment.url):
            await run.play_and_collect(plan, target, control, RunFolder(folder), lambda now: None)
    assert not platform.ended_by_itself, platform.last_words()
    return certify.judge_folder(RunFolder(folder)).judgement


async def all_judged(folder: Path) -> list[Judgement]:
    stories = in_order_of_play(list(catalogue_of_stories().values()))
    async with parties.simulator(folder=folder / "logs", state=folder / "state") as simulator:
        return await asyncio.gather(
            *(
                judged(simulator, folder / name, name, stories[number::SANDBOXES])
                for number, name in enumerate(f"part-{n}" for n in range(SANDBOXES))
            )
        )


def test_the_judge_acquits_another_honest_platform_of_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)

    judgements = asyncio.run(all_judged(tmp_path))

    exercised: Counter[str] = Counter()
    for judgement in judgements:
        assert judgement.reasons == ()
        for ruling in judgement.rulings:
            assert (ruling.findings, ruling.doubts, ruling.mistakes) == ((), (), ())
            exercised[ruling.requirement.id] += ruling.exercised
    short = {
        requirement.id: (exercised[requirement.id], requirement.at_least)
        for requirement in catalogue().values()
        if exercised[requirement.id] < requirement.at_least
    }
    assert short == {}
