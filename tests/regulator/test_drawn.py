"""What is told of the steps that lives have taken misses none and invents none."""

from collections import Counter

from simulator.journal.events.key import KeyRevoked
from simulator.journal.events.registration import PlatformRegistered
from simulator.regulator.state import RegulatorState
from tests.regulator.drawn import STEPS, Taken, fold_as_drawn, report
from tests.regulator.lawful import NOW, USCC


def test_it_tells_what_was_taken_and_what_never_was() -> None:
    state, taken = RegulatorState(), Counter[Taken]()

    for event in (
        PlatformRegistered("reg-1", USCC, "Platform", "key-1", "public", None, NOW),
        KeyRevoked("reg-1", "key-1", "lost", NOW),
    ):
        fold_as_drawn(state, event, taken)

    told = list(report(taken))
    assert told[0] == f"3 of the {len(STEPS)} steps that are drawn were taken"
    assert {line.strip() for line in told[1:4]} == {
        "1 times  registration: [*] --> active: platform registered",
        "1 times  key: [*] --> active: platform registered",
        "1 times  key: active --> revoked: key revoked",
    }
    assert len(told) == 1 + len(STEPS)
