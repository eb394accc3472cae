"""The closing says something else than the feed did."""

from collections.abc import Iterator

from simulator.regulator.lifecycle.feed import sum_of_payloads
from simulator.regulator.rules import ClosingScene, Rule, Suspicion


def _over_closing(scene: ClosingScene) -> Iterator[Suspicion]:
    closed, fed = scene.closed, scene.fed
    facts = [
        ("records", closed.records, "fed", fed.records),
        ("bytes", closed.bytes, "fed", fed.bytes),
        ("payloads", len(closed.payloads), "fed", fed.payloads),
    ]
    if fed.ended is not None:
        facts += [
            ("records", closed.records, "the feed ended with", fed.ended[0]),
            ("bytes", closed.bytes, "the feed ended with", fed.ended[1]),
        ]
    unequal = [
        f"{named} {what}, {where} {told}" for what, named, where, told in facts if named != told
    ]
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
