"""An unusual answer says the same, and the published schema allows it."""

import json
import random
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from simulator.acts import Freedom, Respell
from simulator.messages.base import canonical
from simulator.regulator.api import Operation, operations
from simulator.regulator.api.authorizations import AUTHORIZATIONS
from simulator.regulator.published import openapi
from simulator.regulator.unusual import EXTRA, TEXTS, respelled, schema_of
from tests.regulator.connected import connected

ENDING = [operation for operation in operations() if not operation.is_stream]
"""Operations whose answer has an end that a test can wait for."""

DOCUMENT = openapi.document("demo")
PROBLEM: dict[str, Any] = {
    "type": "urn:reinspect:problem:body_invalid",
    "title": "The message says something impossible",
    "status": 422,
    "code": "body_invalid",
    "detail": "/purpose must be a text, but was 7",
    "clause": None,
    "errors": [
        {
            "pointer": "/purpose",
            "code": "body_invalid",
            "detail": 'a "quoted" \\ path/with 说明 \U0001f600 and \x07',
            "value": {"status": 1, "at": "2023-06-01T00:00:00Z"},
            "expected": "be a text",
        }
    ],
}


def spelled(answer: Any, schema: Any, seed: int, *freedoms: Freedom) -> str:
    act = Respell(seed, freedoms or get_args(Freedom))
    return respelled(answer, schema, act).decode()


def checker_of(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    """One for many answers, since it reads the whole document."""
    whole = {**schema, "components": DOCUMENT["components"]}
    return jsonschema.Draft202012Validator(
        whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def said(value: Any, schema: dict[str, Any]) -> Any:
    """What a reader who knows the schema understands: the times as instants, defaults filled in,
    texts for people and unknown members aside."""
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    present = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(present) == 1 and value is not None:
        return said(value, present[0])
    if isinstance(value, dict):
        known = schema.get("properties", {})
        defaults = {
            name: one.get("default")
            for name, one in known.items()
            if "default" in one or {"type": "null"} in one.get("anyOf", ())
        }
        members = {**defaults, **{name: one for name, one in value.items() if name != EXTRA}}
        return {
            name: said(one, known.get(name, {}))
            for name, one in members.items()
            if not (known and name in TEXTS)
        }
    if isinstance(value, list):
        return [said(one, schema.get("items", {})) for one in value]
    if schema.get("format") == "date-time" and isinstance(value, str):
        return datetime.fromisoformat(value)
    return value


@pytest.mark.parametrize("operation", ENDING, ids=lambda operation: operation.id)
def test_every_answer_can_be_said_unusually_and_still_says_the_same(operation: Operation) -> None:
    schema = schema_of(operation.id, operation.status)
    assert schema != {}
    checker, texts = checker_of(schema), set()

    for seed in range(40):
        text = spelled(operation.example, schema, seed)
        told = json.loads(text)
        texts.add(text)
        assert checker.is_valid(told), text
        assert said(told, schema) == said(operation.example, schema)

    assert len(texts) == 40


def test_a_problem_keeps_its_code_status_and_values() -> None:
    schema = schema_of("declare", 422)
    checker = checker_of(schema)

    for seed in range(200):
        told = json.loads(spelled(PROBLEM, schema, seed))
        assert checker.is_valid(told)
        assert said(told, schema) == said(PROBLEM, schema)
        assert told["detail"].startswith(str(PROBLEM["detail"]))


@pytest.mark.parametrize(
    ("freedom", "seen"),
    [
        ("order", lambda text: text.index('"status"') < text.index('"type"')),
        ("spaces", lambda text: "\n" in text),
        ("escapes", lambda text: "\\u0" in text),
        ("numbers", lambda text: "422.0" in text or "422e0" in text or "422.000E+0" in text),
        ("defaults", lambda text: '"clause"' not in text),
        ("texts", lambda text: len(text) > 2000),
        ("extras", lambda text: EXTRA in text),
    ],
)
def test_each_freedom_is_used_and_only_if_it_is_asked_for(freedom: Freedom, seen: Any) -> None:
    schema = schema_of("declare", 422)
    other: Freedom = "spaces" if freedom != "spaces" else "order"
    plain = {**PROBLEM, "detail": "no", "errors": [{**PROBLEM["errors"][0], "detail": "no"}]}

    assert any(seen(spelled(plain, schema, seed, freedom)) for seed in range(40))
    assert not any(seen(spelled(plain, schema, seed, other)) for seed in range(40))


def test_times_take_every_form_that_rfc_3339_knows() -> None:
    schema = schema_of("time", 200)
    answer = {"wall": "2026-03-02T09:30:00.25Z", "sandbox": "2023-06-01T23:00:00Z", "rate": 1.0}

    forms = {json.loads(spelled(answer, schema, seed, "times"))["sandbox"] for seed in range(80)}

    assert forms == {
        "2023-06-01T23:00:00Z",
        "2023-06-02T07:00:00+08:00",
        "2023-06-01T23:00:00+00:00",
        "2023-06-01T23:00:00.000000Z",
        "2023-06-01T13:30:00-09:30",
    }


def test_what_the_regulator_signed_keeps_its_values_letter_by_letter() -> None:
    [read] = [one for one in AUTHORIZATIONS.operations if one.id == "read_authorization"]
    schema = schema_of(read.id, 200)

    for seed in range(100):
        told = json.loads(spelled(read.example, schema, seed))
        assert canonical(told) == canonical(read.example)


def test_without_a_schema_only_the_writing_of_json_is_free() -> None:
    chance = random.Random(1)
    value = {"a": [1, 2.5, None, True, "x/y"], "b": {"at": "2023-06-01T00:00:00Z"}, "detail": "d"}

    for _ in range(100):
        assert json.loads(spelled(value, {}, chance.getrandbits(64))) == value


def test_a_platform_reads_the_same_from_an_unusual_answer(tmp_path: Path) -> None:
    with connected(tmp_path) as regulator:
        regulator.register()
        declared = regulator.declare().json()
        regulator.sandbox.faults.arm("unusual_answer", scope="regulator")

        unusual = regulator.ask("GET", f"/declarations/{declared['id']}")
        refused = regulator.ask("GET", "/declarations/dcl-9")
        kept = regulator.records()[-1]

    schema = schema_of("read_declaration", 200)
    assert unusual.status_code == 200
    assert checker_of(schema).is_valid(unusual.json())
    assert said(unusual.json(), schema) == said(declared, schema)
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert getattr(kept, "fault", None) == "flt-1"


def test_the_same_seed_gives_the_same_bytes() -> None:
    schema = schema_of("declare", 422)

    assert spelled(PROBLEM, schema, 5) == spelled(PROBLEM, schema, 5)
