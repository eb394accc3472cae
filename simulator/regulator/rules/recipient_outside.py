"""Data is leaving for a recipient that was not announced."""

from collections.abc import Iterator

from simulator.regulator.columns import FeedColumns
from simulator.regulator.rules import FeedScene, Rule, Suspicion


def _over_feed(columns: FeedColumns, scene: FeedScene) -> Iterator[Suspicion]:
    for id, recipient in dict.fromkeys(zip(columns.transmission, columns.recipient, strict=True)):
        if id in scene.transmissions:
            announced = scene.transmissions[id].announced.recipient
            if recipient != announced:
                yield scene.suspect(id, f"fed for {recipient}, announced for {announced}")


RULE = Rule(
    id="recipient_outside",
    title="Recipient outside the authorization",
    clause="Order 11 art. 9(1)",
    text="Data leaves for the announced recipient only.",
    over_feed=_over_feed,
)
