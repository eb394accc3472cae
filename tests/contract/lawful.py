"""Generated messages made lawful: a schema says what a message looks like, never what exists.

Of a message that fits its schema, what must agree with the rest of the world is replaced; what may
be anything stays as generated. The regulator must then take it.
"""

from collections.abc import Callable
from typing import Any

from schemathesis import Case

from simulator.regulator.api import Page, cursor_of
from simulator.regulator.api.certifications import REQUEST as CERTIFICATION
from simulator.regulator.api.contracts import REQUEST as CONTRACT
from simulator.regulator.api.declarations import REQUEST as DECLARATION
from simulator.regulator.api.lineage import ENTRY as LINEAGE
from simulator.regulator.api.transmissions import REQUEST as ANNOUNCEMENT
from tests.contract.world import NEWCOMERS_PASSCODE, OWN, PAYLOAD, SANDBOX, World
from tests.regulator.added import adding, private_key

USCC = "91310000MA1FL0B92L"
Body = dict[str, Any]


def name_what_exists(case: Case[Any], operation: str, world: World) -> None:
    """The path of `case` then leads to something that the platform of the world has."""
    if operation == "redeliver":
        case.path_parameters["id"] = world.dead_letter()
    elif operation == "answer_sample":
        case.path_parameters["id"] = world.sample()  # A sample is answered once.
    elif operation in ON_THE_WAY:
        case.path_parameters["id"] = ON_THE_WAY[operation](world)
    elif operation in OWN:
        case.path_parameters["id"] = OWN[operation]
    elif operation == "close":
        case.path_parameters["id"] = world.announce()  # A transmission is closed once.
    elif operation == "end_contract":
        case.path_parameters["id"] = world.hand_in_contract()  # It ends once.
    elif operation == "rectify_certification":
        case.path_parameters["id"] = world.suspended_certification()
    elif operation == "supplement_contract":
        case.path_parameters["id"] = world.hand_in_contract(materials={})
    elif operation == "read_lineage":
        case.path_parameters["digest"] = PAYLOAD


def go_on_where_a_page_ended(case: Case[Any], operation: str) -> None:
    """A cursor can only be repeated; no text by chance is right."""
    if case.query and "cursor" in case.query:
        case.query["cursor"] = cursor_of(Page(of=operation), 1)


def say_what_is_lawful(case: Case[Any], operation: str, world: World) -> None:
    """The body of `case` then says what the regulator must agree to."""
    if operation == "register":
        world.empty_newcomers()
    if operation in LAWFUL:
        case.body = LAWFUL[operation](case.body)
    if operation == "announce":  # What was extended meanwhile has a new version.
        body: Body = case.body  # type: ignore[assignment]  # It is the message just made.
        case.body = body | {"authorization_version": world.version_of(body["authorization"])}


def _registration(body: Body) -> Body:
    """Without a callback: it would be called, and nobody is there. With a key of the sandbox's
    suite."""
    return body | {
        "passcode": NEWCOMERS_PASSCODE,
        "uscc": USCC,
        "callback_url": None,
        "key": {
            "algorithm": "ed25519",
            "public_key": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
        },
    }


def _declaration(body: Body) -> Body:
    period = {name: DECLARATION[name] for name in ("valid_from", "valid_until")}
    of_another = {"self_assessed_on": None, "replaces": None}
    fields = [
        field | {"name": f"field_{place}"} | _that_suffices(field["category"])
        for place, field in enumerate(body["fields"])
    ]
    stated = ("mechanism", "sensitive_persons", "contract", "certification")
    return body | period | of_another | dict.fromkeys(stated) | {"fields": fields}


def _supplement(body: Body) -> Body:
    """One thing was asked for, and it is answered once."""
    return {"items": [body["items"][0] | {"number": 1}]}


def _that_suffices(category: str) -> dict[str, str]:
    """A category that there is, and a way in which it may leave; an exempt one may in any."""
    if category.startswith("M"):
        return {"category": "M01", "desensitisation": "keyed_token"}
    return {"category": "E03"}


def _contract(body: Body) -> Body:
    """In effect, and in nobody's place."""
    return body | {name: CONTRACT[name] for name in ("effective_on", "ends_on", "replaces")}


def _certification(body: Body) -> Body:
    """Of so many persons that it is open, and of what may leave."""
    within = ("categories", "persons", "sensitive_persons")
    return body | {name: CERTIFICATION[name] for name in within}


def _announcement(body: Body) -> Body:
    return ANNOUNCEMENT | {"records": body["records"]}


def _feed(body: Any) -> Any:
    """Any line is taken or refused on its own; one of a known transmission is judged as well."""
    if not isinstance(body, list):
        return body
    return [
        line | {"subject": "trm-1"} if isinstance(line, dict) and "subject" in line else line
        for line in body
    ]


def _lineage(body: Body) -> Body:
    names = ("transmission", "recipient", "country", "categories")
    as_announced = {name: LINEAGE[name] for name in names}
    return {"items": [item | as_announced for item in body["items"]]}


def _key(body: Body) -> Body:
    """One key whose holder signs the proof; the platform's own stays in force meanwhile."""
    return adding(private_key(b"+"), sandbox=SANDBOX, overlap_s=31 * 86_400)


def _polling(body: Body) -> Body:
    """An address would be called, and nobody is there."""
    return {"callback_url": None}


def _answer(body: Body) -> Body:
    """Of the payload that was drawn; whatever else it says is an answer, right or wrong."""
    return {"items": [item | {"payload": LINEAGE["payload"]} for item in body["items"]]}


ON_THE_WAY: dict[str, Callable[[World], str]] = {
    "amend": lambda world: world.wait_for(),
    "withdraw": lambda world: world.wait_for(),
    "supplement": lambda world: world.wait_for(
        {"step": "forward"}, {"step": "admit"}, {"step": "ask_supplement", "items": ["contract"]}
    ),
    "ask_reevaluation": lambda world: world.wait_for({"accept": False}),
    "report_change": lambda world: world.declare(),
}
"""A new declaration for each request, in the state that the operation is about."""

LAWFUL: dict[str, Callable[[Any], Any]] = {
    "register": _registration,
    "declare": _declaration,
    "file_contract": _contract,
    "request_certification": _certification,
    "add_key": _key,
    "change_callback": _polling,
    "amend": _declaration,
    "supplement": _supplement,
    "announce": _announcement,
    "feed": _feed,
    "record_lineage": _lineage,
    "answer_sample": _answer,
}
