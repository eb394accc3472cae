"""What is sent to the regulator directly, at a regulator that runs."""

import time
from pathlib import Path

import httpx

from loadtests.outgoing import Answer, Request
from loadtests.registered import (
    ACKNOWLEDGE,
    ANNOUNCE,
    CLOSE,
    DECLARE,
    FEED,
    LINEAGE,
    NOTICES,
    OPERATIONS,
    TRANSMISSION,
    RegisteredPlatform,
)
from loadtests.tally import Tally
from loadtests.world import simulator


def test_every_interface_is_used_and_notices_are_acknowledged(tmp_path: Path) -> None:
    """Declarations are decided after their answer, so that there is something to acknowledge."""
    tallies = {name: Tally() for name in OPERATIONS}
    with (
        simulator(state=tmp_path / "state", logs=tmp_path / "logs") as world,
        httpx.Client(trust_env=False) as client,
    ):
        world.open_anew("feeding", passcode="load-passcode", seed=1)
        standing = world.connect("feeding", passcode="load-passcode", seed=1)
        platform = RegisteredPlatform(standing, seed=1, tallies=tallies, clock=time.perf_counter)

        def ask(operation: str, request: Request) -> Answer:
            answer = client.request(
                request.method, request.url, headers=dict(request.headers), content=request.body
            )
            return Answer(answer.status_code, answer.content)

        for number in range(11):
            platform.send(ask, number, time.perf_counter())
        state = world.state("feeding")

    assert all(tally.errors == {} for tally in tallies.values())
    counts = {name: tally.answered for name, tally in tallies.items()}
    eleven = dict.fromkeys((ANNOUNCE, FEED, CLOSE, LINEAGE, TRANSMISSION), 11)
    assert counts == {DECLARE: 2, NOTICES: 2, ACKNOWLEDGE: counts[ACKNOWLEDGE], **eleven}
    assert counts[ACKNOWLEDGE] >= 1
    assert state["open_transmissions"] == 0
