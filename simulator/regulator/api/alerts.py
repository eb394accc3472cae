"""What the monitoring noticed while data was leaving."""

from simulator.messages.alert import AlertList
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken, page_of


def _list(call: Call, _: None) -> Outcome:
    own = [raised for raised in call.state.alerts.values() if raised.platform == call.platform]
    shown, cursor = page_of(own, call.page)
    items = tuple(map(views.alert, shown))
    return Taken((), lambda: AlertList(items=items, next_cursor=cursor))


ALERTS = Resource(
    id="alerts",
    title="What the monitoring noticed",
    operations=(
        Operation(
            id="list_alerts",
            method="GET",
            path="/alerts",
            title="List the alerts that the own data raised, oldest first",
            answers=AlertList,
            example={
                "items": [
                    {
                        "id": "alr-1",
                        "rule": "sequence_gap",
                        "transmission": "trm-1",
                        "authorization": "aut-1",
                        "detail": "sequence 2 is missing before 3",
                        "raised_at": "2023-06-01T08:00:01Z",
                    }
                ],
                "next_cursor": None,
            },
            ask=_list,
            lists="pages",
        ),
    ),
)
