"""A platform's signing keys: added, read, retired, revoked, by the platform itself."""

from simulator.messages.registration import KeyRequest, RegisteredKey, RevocationRequest
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken
from simulator.regulator.lifecycle import key
from simulator.regulator.reading import JsonMessage
from simulator.regulator.refusal import Refusal, not_found

EXAMPLE = {
    "id": "key-56475aa75463474c",
    "public_key": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
    "status": "active",
    "valid_from": "2023-06-01T00:00:00Z",
    "valid_until": None,
    "reason": None,
}


def _add(call: Call, request: KeyRequest) -> Outcome:
    outcome = key.add(call.state, call.platform, call.sandbox.id, request, call.now)
    return _outcome(call, key.id_of(request.key.public_key), outcome)


def _retire(call: Call, _: None) -> Outcome:
    id = call.path["id"]
    return _outcome(call, id, key.retire(call.state, call.platform, id, call.now))


def _revoke(call: Call, request: RevocationRequest) -> Outcome:
    id = call.path["id"]
    return _outcome(call, id, key.revoke(call.state, call.platform, id, request.reason, call.now))


def _read(call: Call, _: None) -> Outcome:
    id = call.path["id"]
    held = call.state.keys.get(id)
    if held is None or held.platform != call.platform:
        return not_found("key", id)
    return Taken((), lambda: views.key(held))


def _outcome(call: Call, id: str, outcome: key.Decided) -> Outcome:
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: views.key(call.state.keys[id]))


KEYS = Resource(
    id="keys",
    title="The platform's signing keys",
    operations=(
        Operation(
            id="add_key",
            method="POST",
            path="/registrations/self/keys",
            title="Add a key, signed by a former one; the former ones end after the overlap",
            body=JsonMessage(
                KeyRequest,
                {
                    "key": {
                        "algorithm": "ed25519",
                        "public_key": "/sFChnP2r+iSZLOAc0SuiyadElpQOFUgJofbWnEoV58=",
                    },
                    "proof": "A" * 86 + "==",
                    "overlap_s": 604800,
                },
            ),
            answers=RegisteredKey,
            example=EXAMPLE,
            status=201,
            ask=_add,
            idempotency="required",
            refuses=("key_unfit", "key_proof_wrong", "key_known", "keys_too_many"),
            links={"read_key": "id", "retire_key": "id", "revoke_key": "id"},
        ),
        Operation(
            id="read_key",
            method="GET",
            path="/registrations/self/keys/{id}",
            title="Read one of the own keys",
            answers=RegisteredKey,
            example=EXAMPLE,
            ask=_read,
            refuses=("not_found",),
        ),
        Operation(
            id="retire_key",
            method="POST",
            path="/registrations/self/keys/{id}/retirement",
            title="End a key before its overlap does; doing it again changes nothing",
            answers=RegisteredKey,
            example=EXAMPLE | {"status": "retired", "valid_until": "2023-06-02T00:00:00Z"},
            ask=_retire,
            changes="read_key",
            idempotency="optional",
            refuses=("not_found", "key_last"),
        ),
        Operation(
            id="revoke_key",
            method="POST",
            path="/registrations/self/keys/{id}/revocation",
            title="End a key at once, even the last one; doing it again changes nothing",
            body=JsonMessage(RevocationRequest, {"reason": "its owner left"}),
            answers=RegisteredKey,
            example=EXAMPLE
            | {
                "status": "revoked",
                "valid_until": "2023-06-02T00:00:00Z",
                "reason": "its owner left",
            },
            ask=_revoke,
            changes="read_key",
            idempotency="optional",
            refuses=("not_found",),
        ),
    ),
)
