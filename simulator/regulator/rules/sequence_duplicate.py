"""Sequence numbers come twice: a repetition, or two sendings under one name."""

from collections import Counter
from collections.abc import Iterator

from simulator.regulator.columns import FeedColumns
from simulator.regulator.rules import FeedScene, Rule, Suspicion


def _over_feed(columns: FeedColumns, scene: FeedScene) -> Iterator[Suspicion]:
    repeated = [row for row, code in scene.refused.items() if code == "sequence_duplicate"]
    for id, count in Counter(columns.transmission[row] for row in repeated).items():
        first = next(columns.sequence[row] for row in repeated if columns.transmission[row] == id)
        yield scene.suspect(id, f"{count} sequence numbers were taken before, the first {first}")


RULE = Rule(
    id="sequence_duplicate",
    title="Sequence number used twice",
    clause="Order 11 art. 8, as ordered by the simulated regulator",
    text="Every sequence number of a transmission is used once.",
    over_feed=_over_feed,
)
