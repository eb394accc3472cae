"""Keys change while a platform speaks: nothing that is right is refused, nothing wrong is taken."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.journal.events.key import KeyAdded
from simulator.journal.records import Delivery, Exchange
from simulator.messages.base import canonical
from simulator.messages.suites import suites
from simulator.regulator.lifecycle import regulator_key
from tests.regulator.added import WEEK_S, adding, key_id, private_key
from tests.regulator.connected import HOST, KEY, KEY_ID, REGISTRATION, Connected, connected
from tests.regulator.test_api_flow import CALLBACK

NEW = private_key(b"n")
KEYS = "/registrations/self/keys"


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as regulator:
        regulator.register()
        yield regulator


def rotate(regulator: Connected, **changes: Any) -> dict[str, Any]:
    """The new key is added and signs from here on."""
    added = regulator.ask("POST", KEYS, adding(NEW, **changes), key="add-1")
    assert added.status_code == 201, added.text
    regulator.key, regulator.key_id = NEW, key_id(NEW)
    return dict(added.json())


def code_with(regulator: Connected, key: Any, id: str) -> str | None:
    """What a reading that this key signs is refused as; `None` where it is taken."""
    answer = regulator.ask("GET", "/time", claims={"key": key, "key_id": id})
    return None if answer.status_code == 200 else str(answer.json()["code"])


def test_both_keys_sign_during_the_overlap_and_one_after_it(regulator: Connected) -> None:
    told = rotate(regulator)
    during = code_with(regulator, KEY, KEY_ID), code_with(regulator, NEW, key_id(NEW))
    regulator.wall.go_on(WEEK_S)

    after = code_with(regulator, KEY, KEY_ID), code_with(regulator, NEW, key_id(NEW))

    assert (told["status"], told["valid_until"]) == ("active", None)
    assert during == (None, None)
    assert after == ("key_retired", None)


def test_the_registration_shows_every_key_with_its_period(regulator: Connected) -> None:
    rotate(regulator)
    regulator.wall.go_on(WEEK_S)
    regulator.runner.run(regulator.office.run_timers())

    told = regulator.ask("GET", "/registrations/self").json()

    assert told["key_id"] == key_id(NEW)
    assert [(key["id"], key["status"], key["valid_until"]) for key in told["keys"]] == [
        (KEY_ID, "retired", "2023-06-08T00:00:00Z"),
        (key_id(NEW), "active", None),
    ]
    assert regulator.ask("GET", f"{KEYS}/{KEY_ID}").json() == told["keys"][0]


def test_the_platform_is_told_of_every_change_of_its_keys(regulator: Connected) -> None:
    rotate(regulator)
    regulator.ask("POST", f"{KEYS}/{KEY_ID}/retirement")
    regulator.ask("POST", f"{KEYS}/{KEY_ID}/revocation", {"reason": "found on a laptop"})

    items = regulator.ask("GET", "/notices?after=0").json()["items"]

    assert [(item["type"], item["data"]) for item in items] == [
        ("key.added", {"key": key_id(NEW), "via": "signature"}),
        ("key.retired", {"key": KEY_ID}),
        ("key.revoked", {"key": KEY_ID, "reason": "found on a laptop"}),
    ]


def test_a_revoked_key_is_refused_at_once_and_forged_ones_learn_nothing(
    regulator: Connected,
) -> None:
    rotate(regulator)
    revoked = regulator.ask("POST", f"{KEYS}/{KEY_ID}/revocation", {"reason": "stolen"})

    assert revoked.json()["status"] == "revoked"
    assert code_with(regulator, KEY, KEY_ID) == "key_revoked"
    assert code_with(regulator, NEW, KEY_ID) == "signature_invalid"
    last = [record for record in regulator.records() if isinstance(record, Exchange)][-2]
    assert (last.platform, last.body.text, last.refusal) == (None, None, "key_revoked")


def test_a_platform_may_revoke_the_key_it_speaks_with(regulator: Connected) -> None:
    regulator.ask("POST", f"{KEYS}/{KEY_ID}/revocation", {"reason": "stolen"})

    assert code_with(regulator, KEY, KEY_ID) == "key_revoked"


def test_a_restart_forgets_no_key(regulator: Connected) -> None:
    rotate(regulator)
    regulator.ask("POST", f"{KEYS}/{KEY_ID}/revocation", {"reason": "stolen"})
    before = regulator.office.state

    regulator.restart()

    assert regulator.office.state == before
    assert code_with(regulator, KEY, KEY_ID) == "key_revoked"
    assert code_with(regulator, NEW, key_id(NEW)) is None


def test_a_nonce_counts_once_for_all_keys_of_a_platform(regulator: Connected) -> None:
    rotate(regulator)
    first = {"nonce": "once", "key": KEY, "key_id": KEY_ID}

    assert regulator.ask("GET", "/time", claims=first).status_code == 200
    again = regulator.ask("GET", "/time", claims={"nonce": "once"})
    assert again.json()["code"] == "nonce_replayed"


def test_a_key_of_another_sandbox_is_refused(regulator: Connected, tmp_path: Path) -> None:
    """SEC-01: what one environment knows says nothing in another one."""
    folder = tmp_path / "other"
    folder.mkdir()
    rotate(regulator)
    with connected(folder) as other:
        other.register()

        foreign = code_with(other, NEW, key_id(NEW))
        proof_from_there = adding(NEW, sandbox="another")
        carried = other.ask("POST", KEYS, proof_from_there, key="add-1")

    assert foreign == "key_unknown"
    assert (carried.status_code, carried.json()["code"]) == (422, "key_proof_wrong")


def test_an_answer_that_was_lost_is_given_again(regulator: Connected) -> None:
    first = regulator.ask("POST", KEYS, adding(NEW), key="add-1")

    assert regulator.ask("POST", KEYS, adding(NEW), key="add-1").content == first.content
    assert regulator.ask("POST", KEYS, adding(NEW), key="add-2").json() == first.json()


# The callback.


def test_a_new_callback_is_in_force_once_it_answered(regulator: Connected) -> None:
    told = regulator.ask("PUT", "/registrations/self/callback", {"callback_url": CALLBACK}).json()
    regulator.settle()
    after = regulator.ask("GET", "/registrations/self").json()

    assert (told["status"], told["callback_url"], told["callback_pending"]) == (
        "active",
        None,
        CALLBACK,
    )
    assert (after["status"], after["callback_url"], after["callback_pending"]) == (
        "active",
        CALLBACK,
        None,
    )
    deliveries = [record for record in regulator.records() if isinstance(record, Delivery)]
    assert [(record.notice, record.url) for record in deliveries] == [
        ("challenge:reg-1:1", CALLBACK)
    ]


def test_a_new_callback_that_does_not_answer_changes_nothing(regulator: Connected) -> None:
    regulator.ask("PUT", "/registrations/self/callback", {"callback_url": CALLBACK})
    regulator.settle()
    regulator.callback.answers_challenge = False
    regulator.office.courier._backoff_s = 0.0
    elsewhere = "http://127.0.0.1:9001/notices"
    regulator.ask("PUT", "/registrations/self/callback", {"callback_url": elsewhere})
    regulator.settle()

    after = regulator.ask("GET", "/registrations/self").json()

    assert (after["callback_url"], after["callback_pending"]) == (CALLBACK, elsewhere)
    assert regulator.declare().status_code == 201


def test_a_platform_may_go_back_to_polling(regulator: Connected) -> None:
    regulator.ask("PUT", "/registrations/self/callback", {"callback_url": CALLBACK})
    regulator.settle()

    told = regulator.ask("PUT", "/registrations/self/callback", {"callback_url": None}).json()

    assert (told["status"], told["callback_url"]) == ("active", None)


def test_a_callback_elsewhere_is_refused(regulator: Connected) -> None:
    asked = {"callback_url": "http://169.254.169.254/latest"}
    refused = regulator.ask("PUT", "/registrations/self/callback", asked)

    assert (refused.status_code, refused.json()["code"]) == (422, "callback_forbidden")


# The regulator's own key.


def succeed(regulator: Connected, in_s: float = 0.0) -> None:
    """The regulator announces its next key."""
    events = regulator_key.announce(
        regulator.office.state,
        regulator.sandbox.regulator_public_key,
        regulator.office.sign,
        in_s,
        regulator.sandbox.clock.now(),
    )
    assert isinstance(events, tuple)
    regulator.runner.run(regulator.office.decide("tester", "regulator key", events))


def public(key: dict[str, Any]) -> Any:
    return suites()[key["algorithm"]].public_key(base64.b64decode(key["public_key"]))


def test_what_the_former_key_signed_stays_verifiable(regulator: Connected) -> None:
    regulator.declare()
    regulator.wall.go_on(60)
    succeed(regulator)
    regulator.declare()
    second = regulator.ask(
        "POST", "/declarations", _declaration("acquirer-th"), key="declare-2"
    ).json()

    former, successor = regulator.ask("GET", "/keys").json()["items"]
    for id, key in (("aut-1", former), (second["authorization"], successor)):
        held = regulator.ask("GET", f"/authorizations/{id}").json()
        unsigned = {"signature", "status", "used_records"}
        signed = canonical({name: value for name, value in held.items() if name not in unsigned})
        public(key).verify(base64.b64decode(held["signature"]), signed)
    assert (former["id"], former["valid_until"]) == ("regulator", "2023-06-01T00:01:00Z")
    assert (successor["id"], successor["valid_until"]) == ("regulator-2", None)


def _declaration(recipient: str) -> dict[str, Any]:
    from simulator.regulator.api.declarations import REQUEST

    return REQUEST | {"recipient": recipient}


def test_the_former_key_vouches_for_the_new_one(regulator: Connected) -> None:
    succeed(regulator)

    former, successor = regulator.ask("GET", "/keys").json()["items"]

    stated = {name: successor[name] for name in ("id", "public_key", "valid_from")}
    public(former).verify(base64.b64decode(successor["vouched"]), canonical(stated))
    told = regulator.ask("GET", "/registrations/self").json()
    assert told["regulator_key_id"] == "regulator-2"
    assert told["regulator_public_key"] == successor["public_key"] != former["public_key"]


def test_notices_are_signed_by_the_key_that_is_in_force(regulator: Connected) -> None:
    regulator.ask("PUT", "/registrations/self/callback", {"callback_url": CALLBACK})
    regulator.settle()
    succeed(regulator, in_s=60)
    regulator.settle()
    announced, body = regulator.callback.got[-1]
    regulator.wall.go_on(60)
    rotate(regulator)
    regulator.settle()
    later, _ = regulator.callback.got[-1]

    assert body["type"] == "regulator.rekeyed"
    assert 'keyid="regulator"' in announced["signature-input"]
    assert 'keyid="regulator-2"' in later["signature-input"]


def test_a_key_that_waits_has_no_successor_yet(regulator: Connected) -> None:
    succeed(regulator, in_s=60)

    with pytest.raises(AssertionError):
        succeed(regulator)


def test_the_regulators_keys_outlive_a_restart(regulator: Connected) -> None:
    succeed(regulator)
    before = regulator.ask("GET", "/keys").json()

    regulator.restart()

    assert regulator.ask("GET", "/keys").json() == before


def test_a_key_for_which_anybody_can_sign_is_not_registered(tmp_path: Path) -> None:
    public = base64.b64encode(b"\1" + bytes(31)).decode()
    with connected(tmp_path) as regulator:
        body = REGISTRATION | {"key": {"algorithm": "ed25519", "public_key": public}}
        refused = regulator.client.build_request("POST", f"{HOST}/demo/v1/registrations", json=body)
        answer = regulator.send(refused)

    assert (answer.status_code, answer.json()["code"]) == (422, "key_unfit")
    assert "anybody could sign for it" in answer.json()["detail"]


def test_such_a_key_of_an_older_journal_opens_nothing(regulator: Connected) -> None:
    public = base64.b64encode(b"\1" + bytes(31)).decode()
    added = KeyAdded("reg-1", "key-weak", public, "signature", regulator.sandbox.clock.now())
    regulator.runner.run(regulator.office.decide("tester", "older", (added,)))

    assert code_with(regulator, KEY, "key-weak") == "key_unknown"
    assert code_with(regulator, KEY, KEY_ID) is None
