"""What the regulator granted: the current signed version, its standing, its quota and its use."""

from typing import Any

from simulator.messages.authorization import Authorization, AuthorizationList
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken, page_of
from simulator.regulator.refusal import not_found

EXAMPLE: dict[str, Any] = {
    "id": "aut-1",
    "version": 1,
    "declaration": "dcl-1",
    "fields": [
        {"name": "payer_id", "category": "M01", "desensitisation": "last_four"},
        {"name": "amount", "category": "M02", "desensitisation": "none"},
        {"name": "payer_mobile", "category": "M03", "desensitisation": "last_four"},
    ],
    "purpose": "settlement of cross-border payments",
    "recipient": "acquirer-sg",
    "country": "SG",
    "quota_records": 100000,
    "valid_from": "2023-06-01T00:00:00Z",
    "valid_until": "2025-06-01T00:00:00Z",
    "granted_at": "2023-06-01T00:00:00Z",
    "signature": (
        "LPdRrdQxzjZrwBJNj5ig+7K2MPGjj5xgtvWIBkcI1s6xSM55PqzUR/CmrfRduWbwoe5fh0lfUArxjCIE2T+KBQ=="
    ),
    "status": "active",
    "used_records": 0,
}


def _read(call: Call, _: None) -> Outcome:
    held = call.state.authorizations.get(call.path["id"])
    if held is None or held.platform != call.platform:
        return not_found("authorization", call.path["id"])
    return Taken((), lambda: views.authorization(call.state, held, call.now))


def _list(call: Call, _: None) -> Outcome:
    own = [held for held in call.state.authorizations.values() if held.platform == call.platform]
    shown, cursor = page_of(own, call.page)
    items = tuple(views.authorization(call.state, held, call.now) for held in shown)
    return Taken((), lambda: AuthorizationList(items=items, next_cursor=cursor))


AUTHORIZATIONS = Resource(
    id="authorizations",
    title="What may leave",
    operations=(
        Operation(
            id="list_authorizations",
            method="GET",
            path="/authorizations",
            title="List the own authorizations, oldest first",
            answers=AuthorizationList,
            example={"items": [EXAMPLE], "next_cursor": None},
            ask=_list,
            lists="pages",
        ),
        Operation(
            id="read_authorization",
            method="GET",
            path="/authorizations/{id}",
            title="Read the current version of an authorization",
            answers=Authorization,
            example=EXAMPLE,
            ask=_read,
            refuses=("not_found",),
            links={
                "announce": {
                    "/authorization": "$response.body#/id",
                    "/authorization_version": "$response.body#/version",
                    "/purpose": "$response.body#/purpose",
                    "/recipient": "$response.body#/recipient",
                    "/country": "$response.body#/country",
                }
            },
        ),
    ),
)
