"""More records are leaving than were announced, and so more than the quota was charged with."""

from collections.abc import Iterator

from simulator.regulator.columns import FeedColumns
from simulator.regulator.rules import FeedScene, Rule, Suspicion


def _over_feed(columns: FeedColumns, scene: FeedScene) -> Iterator[Suspicion]:
    """The quota itself is kept when a transmission is announced; here its announcement is."""
    for id, fed in scene.after.items():
        announced = scene.transmissions[id].announced.records
        if fed.records > announced and fed.records > scene.before[id].records:
            yield scene.suspect(id, f"fed {fed.records} records, announced {announced}")


RULE = Rule(
    id="quota_exceeded",
    title="Quota exceeded",
    clause="Order 11 art. 14",
    text="No more records leave than were announced and charged to the quota.",
    over_feed=_over_feed,
)
