"""The published descriptions are valid, whole, and full of examples that are right."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from simulator.messages.tidings import TIDINGS
from simulator.regulator.api import Operation, operation_of, operations
from simulator.regulator.published import asyncapi, openapi
from simulator.regulator.published.problems import refusals
from simulator.regulator.published.webhooks import notice_example

JOURNEY = (
    ("register", "declare"),
    ("declare", "read_authorization"),
    ("read_authorization", "announce"),
    ("announce", "feed"),
    ("announce", "close"),
    ("close", "record_lineage"),
    ("record_lineage", "read_lineage"),
)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi.document("demo")


def described(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation and webhook, with its name."""
    for methods in document["paths"].values():
        for operation in methods.values():
            yield operation["operationId"], operation
    for name, methods in document["webhooks"].items():
        yield name, methods["post"]


def contents(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], list[Any]]]:
    """Every body that is described: where it stands, its schema and its examples."""
    for name, operation in described(document):
        bodies = [(name, operation.get("requestBody", {}))]
        bodies += [
            (f"{name} {status}", response) for status, response in operation["responses"].items()
        ]
        for place, body in bodies:
            for media_type, content in body.get("content", {}).items():
                examples = [one["value"] for one in content.get("examples", {}).values()]
                examples += [content["example"]] if "example" in content else []
                yield f"{place} {media_type}", content["schema"], examples


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(document)] == []


def test_every_body_has_examples_that_fit_its_schema(document: dict[str, Any]) -> None:
    for place, schema, examples in contents(document):
        assert examples, f"{place} has no example"
        whole = {"allOf": [schema], "components": document["components"]}
        for example in examples:
            errors = list(Draft202012Validator(whole).iter_errors(example))
            assert errors == [], place


def test_every_parameter_has_a_description_or_an_example(document: dict[str, Any]) -> None:
    for name, operation in described(document):
        for parameter in operation["parameters"]:
            if "$ref" in parameter:
                parameter = document["components"]["parameters"][parameter["$ref"].split("/")[-1]]
            assert "description" in parameter or "example" in parameter, (name, parameter["name"])


def test_every_answer_tells_its_timing_its_trace_and_the_rate(document: dict[str, Any]) -> None:
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                told = response["headers"].keys()
                always = {"RateLimit", "RateLimit-Policy", "Server-Timing", "traceparent"}
                assert always <= told, (operation["operationId"], status)


def test_headers_that_hang_on_the_answer_are_described_where_they_are_sent(
    document: dict[str, Any],
) -> None:
    for name, operation in described(document):
        responses = operation["responses"]
        for status, header in (
            ("201", "Location"),
            ("304", "ETag"),
            ("401", "WWW-Authenticate"),
            ("412", "ETag"),
            ("429", "Retry-After"),
        ):
            if status in responses:
                assert header in responses[status]["headers"], (name, status)


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.id)
def test_every_code_of_an_operation_has_its_example(operation: Operation) -> None:
    described = openapi.document("demo")["paths"][operation.path][operation.method.lower()]
    shown = {
        code
        for response in described["responses"].values()
        for content in response.get("content", {}).values()
        for code in content.get("examples", {})
    }

    assert shown == set(refusals(operation))


def test_links_lead_from_the_registration_to_the_proof(document: dict[str, Any]) -> None:
    links = {
        name: {
            target
            for response in operation["responses"].values()
            for target in response.get("links", {})
        }
        for name, operation in described(document)
    }

    assert [(one, other) for one, other in JOURNEY if other not in links[one]] == []


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.id)
def test_every_link_leads_to_an_operation_that_takes_what_it_gives(operation: Operation) -> None:
    for target, to in operation.links.items():
        names = [to] if isinstance(to, str) else list(to)
        taken = operation_of(target)
        for name in names:
            if name.startswith("/"):
                assert taken.body is not None
                assert name[1:] in taken.body.models[0].model_fields
            else:
                assert f"{{{name}}}" in taken.path


@pytest.mark.parametrize("type", TIDINGS)
def test_every_type_of_notice_has_an_example_that_fits_its_data(
    type: str, document: dict[str, Any]
) -> None:
    whole = {"$ref": "#/components/schemas/Notice", "components": document["components"]}

    Draft202012Validator(whole).validate(notice_example(type))
    TIDINGS[type].data.model_validate(TIDINGS[type].example)


def test_data_of_another_type_is_told_from_its_own(document: dict[str, Any]) -> None:
    whole = {"$ref": "#/components/schemas/Notice", "components": document["components"]}
    mixed = notice_example("export.stopped") | {"data": TIDINGS["case.decided"].example}

    assert not Draft202012Validator(whole).is_valid(mixed)


def test_events_are_described_with_examples_that_fit() -> None:
    events = asyncapi.document("demo")
    messages = events["components"]["messages"]

    assert set(TIDINGS) <= {message["name"] for message in messages.values()}
    for name, message in messages.items():
        whole = {"allOf": [message["payload"]], "components": events["components"]}
        for example in message["examples"]:
            assert list(Draft202012Validator(whole).iter_errors(example["payload"])) == [], name


def test_events_are_received_and_sent_as_they_are() -> None:
    events = asyncapi.document("demo")

    told = {
        name: (operation["action"], operation["channel"]["$ref"])
        for name, operation in events["operations"].items()
    }
    assert told == {
        "receiveFeed": ("receive", "#/channels/feed"),
        "tellNotices": ("send", "#/channels/notices"),
        "bringNotices": ("send", "#/channels/callback"),
    }
    notices = events["channels"]["notices"]["messages"].values()
    names = {
        events["components"]["messages"][one["$ref"].rpartition("/")[2]]["name"] for one in notices
    }
    assert names == set(TIDINGS)
