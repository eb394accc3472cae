"""Something is announced or fed under an authorization that the platform does not hold."""

from collections.abc import Iterator

from simulator.regulator.columns import FeedColumns
from simulator.regulator.rules import AnnouncementScene, FeedScene, Rule, Suspicion


def _over_feed(columns: FeedColumns, scene: FeedScene) -> Iterator[Suspicion]:
    """One suspicion for the whole body: made-up names could be as many as its events."""
    unknown = [id for id in columns.transmission if id not in scene.transmissions]
    if unknown:
        detail = f"{len(unknown)} events of transmissions that the platform did not announce"
        yield Suspicion(unknown[0], None, f"{detail}, the first of {unknown[0]!r}")


def _over_announcement(scene: AnnouncementScene) -> Iterator[Suspicion]:
    named = scene.request.authorization
    yield Suspicion(None, named, f"announced under {named!r}, which the platform does not hold")


RULE = Rule(
    id="authorization_unknown",
    title="Unknown or foreign authorization",
    clause="Order 11 art. 4",
    text="Whatever is announced or fed stands under an authorization that the platform holds.",
    over_feed=_over_feed,
    over_announcement=_over_announcement,
)
