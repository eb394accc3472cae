"""Data of a category that the transmission did not announce is leaving."""

from collections.abc import Iterator

from simulator.law import categories
from simulator.regulator.columns import FeedColumns
from simulator.regulator.rules import FeedScene, Rule, Suspicion


def _over_feed(columns: FeedColumns, scene: FeedScene) -> Iterator[Suspicion]:
    for id, fed in dict.fromkeys(zip(columns.transmission, columns.categories, strict=True)):
        if id in scene.transmissions:
            announced = scene.transmissions[id].announced.categories
            outside = sorted({code for code in fed if _is_outside(code, announced)})
            if outside:
                seen, told = ", ".join(outside), ", ".join(announced)
                yield scene.suspect(id, f"fed {seen}, announced {told}")


def _is_outside(code: str, announced: tuple[str, ...]) -> bool:
    """What is neither exempt nor announced; a code that the catalogue does not hold is neither."""
    category = categories.BY_CODE.get(code)
    return code not in announced and (category is None or category.duty != "exempt")


RULE = Rule(
    id="undeclared_category",
    title="Undeclared category",
    clause="Order 11 art. 4, 17",
    text="Every mandatory category that leaves was announced; exempt ones may leave with it.",
    over_feed=_over_feed,
)
