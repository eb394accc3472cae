"""Data leaves although its authorization is dead: expired, revoked, suspended or stopped."""

from collections.abc import Iterator

from simulator.regulator.columns import FeedColumns
from simulator.regulator.lifecycle.authorization import standing
from simulator.regulator.rules import FeedScene, Rule, Suspicion


def _over_feed(columns: FeedColumns, scene: FeedScene) -> Iterator[Suspicion]:
    """Only payloads count: a halted platform is right to report the end of what it broke off.

    What was accepted under a former version may finish when the authorization is granted anew.
    """
    flowing = dict.fromkeys(
        id
        for id, type in zip(columns.transmission, columns.type, strict=True)
        if type == "transmission.progressed"
    )
    for id in flowing:
        if id in scene.transmissions:
            name = scene.transmissions[id].announced.authorization
            status = standing(scene.state, scene.state.authorizations[name], scene.now)
            if status != "active":
                yield scene.suspect(id, f"a payload was fed while {name} is {status}")


RULE = Rule(
    id="authorization_dead",
    title="Dead authorization",
    clause="Order 11 art. 14, 17",
    text="Nothing leaves under an authorization that is expired, revoked, suspended or stopped.",
    over_feed=_over_feed,
)
