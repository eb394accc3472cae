"""The regulator's own keys, the former ones too: what they signed stays verifiable."""

from simulator.messages.regulator_key import RegulatorKeyList
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken


def _list(call: Call, _: None) -> Outcome:
    held = tuple(call.state.regulator_keys.values())
    return Taken((), lambda: views.regulator_keys(held, call.sandbox.suite.id))


REGULATOR_KEYS = Resource(
    id="regulator_keys",
    title="The keys that the regulator signs with",
    operations=(
        Operation(
            id="list_regulator_keys",
            method="GET",
            path="/keys",
            title="Read every key that signs notices and authorizations, or did",
            answers=RegulatorKeyList,
            example={
                "items": [
                    {
                        "id": "regulator",
                        "algorithm": "ed25519",
                        "public_key": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
                        "valid_from": "2023-06-01T00:00:00Z",
                        "valid_until": None,
                        "vouched": None,
                    }
                ]
            },
            ask=_list,
        ),
    ),
)
