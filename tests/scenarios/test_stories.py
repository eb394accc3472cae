"""The stories as a list, and the order in which they are played."""

from pathlib import Path

import pytest

from scenarios.stories import Story, catalogue_of_stories, in_order_of_play
from scenarios.target import ACTIONS, load
from scenarios.target_template import write_template

STORIES = catalogue_of_stories()


def test_there_are_enough_stories_among_them_those_that_were_promised() -> None:
    assert len(STORIES) >= 14
    assert {
        "ordinary_day",
        "undeclared_category",
        "recipient_outside",
        "quota_used_up",
        "regulator_unreachable_in_a_peak",
        "revoked_mid_transmission",
        "suspended_and_lifted",
        "duplicated_and_reordered_notices",
    } <= set(STORIES)


@pytest.mark.parametrize("story", STORIES.values(), ids=lambda story: story.id)
def test_every_story_is_named_for_what_happens_and_needs_what_a_target_can_offer(
    story: Story,
) -> None:
    assert story.play.__name__ == story.id
    assert story.play.__module__.rpartition(".")[2] == story.id
    assert story.title
    assert story.text.endswith(".") or story.text.endswith(").")
    for need in story.needs:
        kind, _, name = need.partition(":")
        assert kind in ("action", "domestic", "clock")
        assert kind != "action" or name in ACTIONS


def test_the_ordinary_day_comes_first_and_what_cannot_be_undone_last() -> None:
    order = [story.id for story in in_order_of_play(list(STORIES.values()))]

    assert order[0] == "ordinary_day"
    assert order[-1] == "thirty_days_run_out"
    assert order[1:-1] == sorted(order[1:-1])


def test_the_example_target_can_be_shown_every_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenarios.target.is_operator_there", lambda: True)
    path = tmp_path / "target.toml"
    write_template(path)
    target = load(path)

    assert [need for story in STORIES.values() for need in story.needs if target.lacks(need)] == []
