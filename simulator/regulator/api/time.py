"""What time it is, by both clocks: signatures live by wall time, the law by sandbox time."""

from simulator.messages.registration import ServerTime
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken


def _time(call: Call, _: None) -> Outcome:
    clock = call.sandbox.clock
    return Taken((), lambda: ServerTime(wall=clock.wall(), sandbox=call.now, rate=clock.rate))


TIME = Resource(
    id="time",
    title="The regulator's clocks",
    operations=(
        Operation(
            id="time",
            method="GET",
            path="/time",
            title="Read wall time and sandbox time",
            answers=ServerTime,
            example={
                "wall": "2026-03-02T09:30:00Z",
                "sandbox": "2023-06-01T00:00:00Z",
                "rate": 1.0,
            },
            ask=_time,
            is_volatile=True,
        ),
    ),
)
