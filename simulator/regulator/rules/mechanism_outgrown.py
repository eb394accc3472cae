"""More persons' data has left than the way out allows under which it leaves."""

from collections.abc import Iterator

from simulator.law.packs import pack
from simulator.regulator.lifecycle import route
from simulator.regulator.rules import CountingScene, Rule, Suspicion


def _over_counting(scene: CountingScene) -> Iterator[Suspicion]:
    found = scene.demanded
    by_contract = pack(found.rule_pack).payment_contract_exempt
    for held in scene.state.authorizations.values():
        declaration = scene.state.declarations.get(held.granted.declaration)
        if declaration is None or held.platform != scene.platform:
            continue
        stated = declaration.received.mechanism
        is_dead = held.revoked_at is not None or held.expired_at is not None
        if stated == "exempt" and by_contract:  # Whatever the counts, Order 16 art. 5(1).
            continue
        if not is_dead and not route.suffices(stated, found.mechanism):
            detail = f"leaves by {stated}, and {found.mechanism} is due: {found.reason}"
            yield Suspicion(None, held.id, detail)


RULE = Rule(
    id="mechanism_outgrown",
    title="The counts have outgrown the way out",
    clause="Order 11 art. 4; Order 16 art. 7-8",
    text="Data leaves by a way out that the counted persons allow.",
    over_counting=_over_counting,
)
