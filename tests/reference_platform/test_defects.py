"""Every defect is one wrong step of an otherwise honest platform, and the platform runs with it."""

import asyncio
from dataclasses import fields
from pathlib import Path

import pytest

from simulator.catalogue import UnknownId
from simulator.reference_platform.defects import Defect, catalogued, steps_with
from simulator.reference_platform.steps import HONEST, Steps
from tests.reference_platform.test_payment_flow import CROSSING
from tests.reference_platform.world import World, order, running

SILENT_ABOUT = {
    "skips_feed": {"feed started", "feed progressed ended"},
    "skips_lineage": {"lineage"},
    "underreports_records": {"close trm-1 completed 1"},
    "sends_before_announcing": set(),
}
"""What an ordinary payment lacks under a defect."""


@pytest.mark.parametrize("defect", catalogued().values(), ids=lambda defect: str(defect.id))
def test_a_defect_replaces_the_step_that_it_names_and_no_other(defect: Defect) -> None:
    wrong = defect.apply(HONEST)

    changed = [
        field.name
        for field in fields(Steps)
        if getattr(wrong, field.name) is not getattr(HONEST, field.name)
    ]
    assert changed == [defect.step]
    assert defect.title
    assert defect.meant_for


@pytest.mark.parametrize("defect", catalogued().values(), ids=lambda defect: str(defect.id))
def test_a_platform_with_a_defect_still_settles_an_ordinary_payment(
    defect: Defect, tmp_path: Path
) -> None:
    world = World()

    async def story() -> list[str]:
        async with running(world, tmp_path, defect.apply(HONEST)) as platform:
            taken = [
                platform.take(order("abroad")),
                platform.take(order("at home", domestic=True, recipient=None, country=None)),
            ]
            await platform.drained()
            found = [platform.outbox.read(journey.id) for journey in taken]
            return [journey.stage.value for journey in found if journey is not None]

    assert asyncio.run(story()) == ["settled", "settled"]
    lacking = {what for what in CROSSING if what not in world.story}
    assert lacking == SILENT_ABOUT.get(defect.id, set())


def test_there_are_at_least_twenty_four_defects() -> None:
    assert len(catalogued()) >= 24


def test_an_unknown_defect_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownId, match="did you mean 'skips_feed'"):
        steps_with("skip_feed")
