"""A key is added by who holds it and may, signs beside its successor for a while, and then ends."""

from datetime import timedelta
from typing import Any

import pytest

from simulator.journal.events import Event
from simulator.journal.events.key import (
    KeyAdded,
    KeyLimited,
    KeyRetired,
    KeyRevoked,
    PasscodeReissued,
)
from simulator.journal.events.registration import PlatformRegistered
from simulator.messages.registration import KeyRequest, RegistrationRequest, SigningKey
from simulator.regulator.lifecycle import key, registration, timers
from simulator.regulator.refusal import Refusal
from simulator.regulator.state import RegulatorState
from tests.regulator.added import WEEK_S, adding, key_id, private_key, public_of
from tests.regulator.lawful import FOREIGN, NOW, USCC, fold, refused, sign

FIRST, SECOND, THIRD = (private_key(of) for of in (b"1", b"2", b"3"))
REGISTERED = PlatformRegistered(
    id="reg-1",
    uscc=USCC,
    name="Platform",
    key_id=key_id(FIRST),
    public_key=public_of(FIRST),
    callback_url=None,
    at=NOW,
)
WEEK = timedelta(seconds=WEEK_S)


def known(*events: Event) -> RegulatorState:
    """A registered platform, and what happened to its keys."""
    state = RegulatorState()
    state.fold_all((REGISTERED, *events))
    return state


def added(state: RegulatorState, **request: Any) -> tuple[Event, ...] | Refusal:
    """What adding a key comes to; the second, unless said otherwise."""
    asked = KeyRequest.model_validate(adding(request.pop("of", SECOND), **request))
    return key.add(state, "reg-1", "demo", asked, NOW)


def test_a_new_key_limits_the_former_to_the_overlap() -> None:
    state = known()

    events = fold(state, added(state))

    assert events == (
        KeyAdded("reg-1", key_id(SECOND), public_of(SECOND), "signature", NOW),
        KeyLimited("reg-1", key_id(FIRST), NOW + WEEK, NOW),
    )
    assert [(one.status, one.is_in_force(NOW)) for one in state.keys.values()] == [
        ("retiring", True),
        ("active", True),
    ]
    assert key.current(state, "reg-1").id == key_id(SECOND)


def test_the_same_key_again_changes_nothing() -> None:
    state = known()
    fold(state, added(state))

    assert added(state, overlap_s=0) == ()


def test_a_third_key_shortens_an_overlap_and_never_lengthens_one() -> None:
    state = known()
    fold(state, added(state, overlap_s=60))

    events = fold(state, added(state, of=THIRD))

    assert [event for event in events if isinstance(event, KeyLimited)] == [
        KeyLimited("reg-1", key_id(SECOND), NOW + WEEK, NOW)
    ]


@pytest.mark.parametrize(
    "forged",
    [
        {"signer": THIRD},
        {"signer": FIRST},
        {"sandbox": "another"},
        {"registration": "reg-2"},
    ],
)
def test_who_does_not_hold_the_new_key_cannot_add_it(forged: dict[str, Any]) -> None:
    assert refused(added(known(), **forged)).code == "key_proof_wrong"


def test_a_key_of_another_suite_is_refused() -> None:
    refusal = refused(added(known(), of=private_key(b"2", "sm2")))

    assert (refusal.code, refusal.errors[0].pointer) == ("key_unfit", "/key/algorithm")


def test_a_key_that_ended_or_is_anothers_never_comes_back() -> None:
    ended = known()
    fold(ended, added(ended))
    fold(ended, key.revoke(ended, "reg-1", key_id(SECOND), "stolen", NOW))
    foreign = known()
    foreign.fold(
        PlatformRegistered("reg-2", USCC, "Another", key_id(SECOND), public_of(SECOND), None, NOW)
    )

    assert refused(added(ended)).code == "key_known"
    assert refused(added(foreign)).code == "key_known"


def test_no_more_than_four_keys_are_in_force() -> None:
    state = known()
    for of in (b"2", b"3", b"4"):
        fold(state, added(state, of=private_key(of)))

    assert refused(added(state, of=private_key(b"5"))).code == "keys_too_many"
    assert added(state, of=private_key(b"4")) == ()


def test_a_key_ends_with_its_overlap_whether_the_timer_ran_or_not() -> None:
    state = known()
    fold(state, added(state))
    former = state.keys[key_id(FIRST)]
    last_moment = NOW + WEEK - timedelta(microseconds=1)

    assert former.is_in_force(last_moment)
    assert not former.is_in_force(NOW + WEEK)
    assert refused(key.must_be_in_force(former, NOW + WEEK)).code == "key_retired"
    assert timers.due(state, last_moment) == []
    [due] = timers.due(state, NOW + WEEK)
    assert fold(state, timers.run(state, due, NOW + WEEK, sign)) == (
        KeyRetired("reg-1", key_id(FIRST), NOW + WEEK),
    )
    assert timers.due(state, NOW + 2 * WEEK) == []


def test_a_key_may_be_retired_early_but_not_the_last_one() -> None:
    state = known()
    assert refused(key.retire(state, "reg-1", key_id(FIRST), NOW)).code == "key_last"
    fold(state, added(state))

    events = fold(state, key.retire(state, "reg-1", key_id(FIRST), NOW))

    assert events == (KeyRetired("reg-1", key_id(FIRST), NOW),)
    assert key.retire(state, "reg-1", key_id(FIRST), NOW) == ()
    assert refused(key.retire(state, "reg-1", key_id(SECOND), NOW)).code == "key_last"


def test_a_revocation_takes_effect_at_once_even_of_the_last_key() -> None:
    state = known()

    events = fold(state, key.revoke(state, "reg-1", key_id(FIRST), "stolen", NOW))

    assert events == (KeyRevoked("reg-1", key_id(FIRST), "stolen", NOW),)
    assert key.revoke(state, "reg-1", key_id(FIRST), "again", NOW) == ()
    refusal = refused(key.must_be_in_force(state.keys[key_id(FIRST)], NOW))
    assert (refusal.status, refusal.code) == (401, "key_revoked")
    assert key.in_force(state, "reg-1", NOW) == []


def test_nobody_touches_anothers_key() -> None:
    state = known(FOREIGN)

    assert refused(key.retire(state, "reg-1", "key-2", NOW)).code == "not_found"
    assert refused(key.revoke(state, "reg-1", "key-2", "mine", NOW)).code == "not_found"
    assert refused(key.revoke(state, "reg-1", "key-9", "mine", NOW)).code == "not_found"


def again(**changes: Any) -> RegistrationRequest:
    """The platform registers with the passcode that was issued anew, and with its second key."""
    asked = {
        "passcode": "anew",
        "uscc": USCC,
        "name": "Platform",
        "key": SigningKey(public_key=public_of(SECOND)),
    }
    return RegistrationRequest.model_validate(asked | changes)


def test_a_platform_that_lost_its_keys_comes_back_with_another() -> None:
    state = known(PasscodeReissued(NOW))

    events = fold(state, registration.register(state, again(), NOW, "anew"))

    reason = "replaced by a passcode that was issued anew"
    assert events == (
        KeyAdded("reg-1", key_id(SECOND), public_of(SECOND), "passcode", NOW),
        KeyRevoked("reg-1", key_id(FIRST), reason, NOW),
    )
    assert [one.id for one in key.in_force(state, "reg-1", NOW)] == [key_id(SECOND)]


def test_a_passcode_that_was_issued_anew_is_good_once_and_for_the_same_company() -> None:
    state = known(PasscodeReissued(NOW))
    other_name = registration.register(state, again(name="Thief"), NOW, "anew")
    former_key = {"key": SigningKey(public_key=public_of(FIRST))}
    fold(state, registration.register(state, again(), NOW, "anew"))

    assert refused(other_name).code == "passcode_used"
    third = registration.register(
        state, again(key=SigningKey(public_key=public_of(THIRD))), NOW, "anew"
    )
    assert refused(third).code == "passcode_used"
    state.fold(PasscodeReissued(NOW))
    back = registration.register(state, again(**former_key), NOW, "anew")
    assert refused(back).code == "key_known"


def test_without_a_new_passcode_nobody_comes_back() -> None:
    assert refused(registration.register(known(), again(), NOW, "anew")).code == "passcode_used"


def test_keys_are_carried_over_with_what_is_left_of_their_time() -> None:
    state = known()
    fold(state, added(state))
    begins_at = NOW - timedelta(days=100)
    after = RegulatorState()

    after.fold_all(key.carried_over(state, "reg-1", NOW + timedelta(days=2), begins_at))

    assert [(one.id, one.valid_until) for one in key.of_platform(after, "reg-1")] == [
        (key_id(FIRST), begins_at + timedelta(days=5)),
        (key_id(SECOND), None),
    ]


def test_a_platform_without_a_key_in_force_stays_without_one() -> None:
    state = known()
    fold(state, key.revoke(state, "reg-1", key_id(FIRST), "stolen", NOW))
    after = RegulatorState()

    after.fold_all(key.carried_over(state, "reg-1", NOW, NOW))

    assert key.in_force(after, "reg-1", NOW) == []
