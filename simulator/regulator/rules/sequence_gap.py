"""Events are missing from a feed, so something may have left unseen."""

from collections.abc import Iterator

from simulator.regulator.columns import FeedColumns
from simulator.regulator.rules import FeedScene, Rule, Suspicion


def _over_feed(columns: FeedColumns, scene: FeedScene) -> Iterator[Suspicion]:
    """Looks at the body as a whole, so that its order does not matter; each gap is told once."""
    for id, fed in scene.after.items():
        known = scene.before[id].seen.last
        gaps = [gap for gap in fed.seen.gaps() if gap[1] > known]
        if gaps:
            missing = ", ".join(f"{max(first, known + 1)} to {last}" for first, last in gaps)
            yield scene.suspect(id, f"sequence numbers {missing} are missing")


RULE = Rule(
    id="sequence_gap",
    title="Gap in the sequence",
    clause="Order 11 art. 8, as ordered by the simulated regulator",
    text="The events of a transmission are numbered from 1 without gaps.",
    over_feed=_over_feed,
)
