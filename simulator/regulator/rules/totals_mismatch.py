"""The closing says something else than the feed did."""

from collections.abc import Iterator

from simulator.regulator.lifecycle.feed import sum_of_payloads
from simulator.regulator.rules import ClosingScene, Rule, Suspicion


def _over_closing(scene: ClosingScene) -> Iterator[Suspicion]:
    closed, fed = scene.closed, scene.fed
    facts = [
        ("records", closed.records, fed.records),
        ("bytes", closed.bytes, fed.bytes),
        ("payloads", len(closed.payloads), fed.payloads),
    ]
    if fed.ended is not None:
        facts += [
            ("records at its end", closed.records, fed.ended[0]),
            ("bytes at its end", closed.bytes, fed.ended[1]),
        ]
    unequal = [f"{named} {what}, fed {told}" for what, named, told in facts if named != told]
    if not unequal and sum_of_payloads(closed.payloads) != fed.payloads_sum:
        unequal = ["other payloads than were fed"]
    if unequal:
        authorization = scene.transmission.announced.authorization
        yield Suspicion(closed.id, authorization, "closed with " + "; ".join(unequal))


RULE = Rule(
    id="totals_mismatch",
    title="Totals do not agree",
    clause="Order 11 art. 8, as ordered by the simulated regulator",
    text="Records, bytes and payloads of the closing are those of the feed.",
    over_closing=_over_closing,
)
