"""How much the regulator takes, so that a sender need not find out by being refused."""

from simulator.messages.limit import Limit, LimitList
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken
from simulator.regulator.limits import LIMITS


def _list(call: Call, _: None) -> Outcome:
    return Taken((), told)


def told() -> LimitList:
    """Every limit, in the order of the table."""
    return LimitList(
        items=tuple(
            Limit(id=one.id, title=one.title, value=one.value, unit=one.unit, code=one.code)
            for one in LIMITS
        )
    )


LIMITS_OF_SENDERS = Resource(
    id="limits",
    title="How much may be sent",
    operations=(
        Operation(
            id="list_limits",
            method="GET",
            path="/limits",
            title="Read how much a sender may send",
            answers=LimitList,
            example=told().model_dump(mode="json"),
            ask=_list,
        ),
    ),
)
