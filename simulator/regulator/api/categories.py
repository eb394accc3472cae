"""Which categories of data there are: exempt, to be declared, or forbidden."""

from simulator.law.categories import CATEGORIES as CATALOGUE
from simulator.messages.category import CategoryList
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken


def _categories(call: Call, _: None) -> Outcome:
    law = call.state.law_at(call.now)
    return Taken((), lambda: CategoryList(rule_pack=law.id, items=CATALOGUE))


CATEGORIES = Resource(
    id="categories",
    title="The catalogue of data categories",
    operations=(
        Operation(
            id="categories",
            method="GET",
            path="/categories",
            title="Read all categories",
            answers=CategoryList,
            example={
                "rule_pack": "r2022",
                "items": [
                    {
                        "code": "M02",
                        "title": "transaction amount",
                        "duty": "mandatory",
                        "fields": ["amount"],
                        "rule": "exact amounts only under an authorization",
                        "clause": "Order 11 art. 3-4",
                    }
                ],
            },
            ask=_categories,
        ),
    ),
)
