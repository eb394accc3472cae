"""How many persons' data leaves: told as tokens, counted once each, and what the count demands."""

from datetime import datetime
from typing import Any

from simulator.messages.headcount import Headcount, HeadcountAnswer, HeadcountRequest
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken
from simulator.regulator.lifecycle import headcount, mechanism, route
from simulator.regulator.reading import JsonMessage
from simulator.regulator.refusal import Refusal
from simulator.regulator.state import RegulatorState

REQUEST: dict[str, Any] = {
    "recipient": "acquirer-sg",
    "ordinary": ["9f86d081884c7d659a2feaa0c55ad015"],
    "sensitive": ["60303ae22b998861bce3b28f33eec1be"],
    "exempt": False,
}
STANDING: dict[str, Any] = {
    "persons": 2,
    "sensitive_persons": 1,
    "exempted_persons": 0,
    "counted_since": "2022-01-01",
    "rule_pack": "r2022",
    "mechanism": "standard_contract_or_certification",
    "reason": "1 persons with sensitive information, below 10000",
    "clause": "Order 11 art. 4",
    "at": "2023-06-01T00:00:00Z",
}


def _count(call: Call, request: HeadcountRequest) -> Outcome:
    outcome = route.count(call.state, call.platform, request, call.now)
    if isinstance(outcome, Refusal):
        return outcome
    new, known = headcount.new_in_window(call.state, call.platform, request, call.now)
    return Taken(
        outcome,
        lambda: HeadcountAnswer(
            **_standing(call.state, call.platform, call.now), new=new, known=known
        ),
    )


def _read(call: Call, _: None) -> Outcome:
    standing = _standing(call.state, call.platform, call.now)
    return Taken((), lambda: Headcount(**standing))


def _standing(state: RegulatorState, platform: str, now: datetime) -> dict[str, Any]:
    demanded = mechanism.demanded(state, platform, now)
    return {
        "persons": demanded.persons,
        "sensitive_persons": demanded.sensitive_persons,
        "exempted_persons": headcount.tally(state, platform, now).exempted,
        "counted_since": demanded.counted_since,
        "rule_pack": demanded.rule_pack,
        "mechanism": demanded.mechanism,
        "reason": demanded.reason,
        "clause": demanded.clause,
        "at": now,
    }


HEADCOUNTS = Resource(
    id="headcounts",
    title="Counting the persons whose data leaves",
    operations=(
        Operation(
            id="count_persons",
            method="POST",
            path="/headcounts",
            title="Tell whose data leaves, as tokens; each person counts once, however often told",
            body=JsonMessage(HeadcountRequest, REQUEST),
            answers=HeadcountAnswer,
            example=STANDING | {"new": 2, "known": 0},
            ask=_count,
            idempotency="required",
            needs_confirmed_callback=True,
        ),
        Operation(
            id="read_headcount",
            method="GET",
            path="/headcounts",
            title="Read the count in the window of the law in force, and what it demands",
            answers=Headcount,
            example=STANDING,
            ask=_read,
        ),
    ),
)
