"""Data is leaving for a country that was not announced."""

from collections.abc import Iterator

from simulator.regulator.columns import FeedColumns
from simulator.regulator.rules import FeedScene, Rule, Suspicion


def _over_feed(columns: FeedColumns, scene: FeedScene) -> Iterator[Suspicion]:
    for id, country in dict.fromkeys(zip(columns.transmission, columns.country, strict=True)):
        if id in scene.transmissions:
            announced = scene.transmissions[id].announced.country
            if country != announced:
                yield scene.suspect(id, f"fed for {country}, announced for {announced}")


RULE = Rule(
    id="country_outside",
    title="Country outside the authorization",
    clause="Order 11 art. 9(1)",
    text="Data leaves for the announced country only.",
    over_feed=_over_feed,
)
