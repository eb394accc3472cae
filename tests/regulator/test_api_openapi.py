"""The interface is described whole: what it answers fits what it says of itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from simulator.regulator.api import Operation, operations
from simulator.regulator.published import openapi
from tests.regulator.connected import HOST, Connected, connected

OPERATIONS = {
    "register": "POST /registrations",
    "read_registration": "GET /registrations/self",
    "change_callback": "PUT /registrations/self/callback",
    "add_key": "POST /registrations/self/keys",
    "read_key": "GET /registrations/self/keys/{id}",
    "retire_key": "POST /registrations/self/keys/{id}/retirement",
    "revoke_key": "POST /registrations/self/keys/{id}/revocation",
    "list_regulator_keys": "GET /keys",
    "list_limits": "GET /limits",
    "time": "GET /time",
    "categories": "GET /categories",
    "rule_pack": "GET /rule-packs/{id}",
    "declare": "POST /declarations",
    "list_declarations": "GET /declarations",
    "read_declaration": "GET /declarations/{id}",
    "amend": "PUT /declarations/{id}",
    "withdraw": "POST /declarations/{id}/withdrawal",
    "supplement": "POST /declarations/{id}/supplement",
    "ask_reevaluation": "POST /declarations/{id}/reevaluation",
    "ask_extension": "POST /declarations/{id}/extension",
    "report_change": "POST /declarations/{id}/changes",
    "list_authorizations": "GET /authorizations",
    "read_authorization": "GET /authorizations/{id}",
    "announce": "POST /transmissions",
    "list_transmissions": "GET /transmissions",
    "read_transmission": "GET /transmissions/{id}",
    "close": "POST /transmissions/{id}/closing",
    "feed": "POST /feed",
    "record_lineage": "POST /lineage",
    "read_lineage": "GET /lineage/{digest}",
    "list_alerts": "GET /alerts",
    "watch_alerts": "GET /alerts/stream",
    "read_alert": "GET /alerts/{id}",
    "explain_alert": "POST /alerts/{id}/acknowledgement",
    "list_inspections": "GET /inspections",
    "read_inspection": "GET /inspections/{id}",
    "answer_sample": "POST /inspections/{id}/answers",
    "list_notices": "GET /notices",
    "acknowledge": "POST /notices/{id}/acknowledgement",
    "list_deliveries": "GET /notices/{id}/deliveries",
    "redeliver": "POST /notices/{id}/redelivery",
    "list_cases": "GET /cases",
    "read_case": "GET /cases/{id}",
    "hand_in": "PUT /cases/{id}/materials/{number}",
    "describe_handler": "PUT /handler",
    "read_handler": "GET /handler",
    "file_contract": "POST /contracts",
    "list_contracts": "GET /contracts",
    "read_contract": "GET /contracts/{id}",
    "supplement_contract": "POST /contracts/{id}/supplement",
    "end_contract": "POST /contracts/{id}/ending",
    "request_certification": "POST /certifications",
    "list_certifications": "GET /certifications",
    "read_certification": "GET /certifications/{id}",
    "rectify_certification": "POST /certifications/{id}/rectification",
    "count_persons": "POST /headcounts",
    "read_headcount": "GET /headcounts",
    "reinspect": "POST /cases/{id}/reinspection",
}


@pytest.fixture
def regulator(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as regulator:
        yield regulator


def schema_of(name: str) -> Draft202012Validator:
    """A validator of one message as the document describes it."""
    components = openapi.document("demo")["components"]
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": components},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def test_every_operation_is_there_under_its_id() -> None:
    paths = openapi.document("demo")["paths"]

    described = {
        operation["operationId"]: f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method, operation in methods.items()
    }

    assert described == OPERATIONS


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.id)
def test_every_example_fits_its_schema(operation: Operation) -> None:
    schema_of(operation.answers.__name__).validate(operation.example)
    if operation.body is not None:
        for described in operation.body.content.values():
            if "$ref" in described["schema"]:
                name = described["schema"]["$ref"].rpartition("/")[2]
                schema_of(name).validate(described["example"])


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.id)
def test_every_example_of_a_body_is_read_without_complaint(operation: Operation) -> None:
    if operation.body is not None:
        for media_type, described in operation.body.content.items():
            example = described["example"]
            body = example if isinstance(example, str) else json.dumps(example)
            message = operation.body.read(media_type, body.encode())
            assert not hasattr(message, "code")


def test_every_reference_leads_somewhere() -> None:
    document = openapi.document("demo")

    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    there = {
        f"#/components/{kind}/{name}"
        for kind, described in document["components"].items()
        for name in described
    }
    assert set(references(document)) <= there


def test_the_document_of_a_sandbox_names_its_own_address(regulator: Connected) -> None:
    answer = regulator.send(regulator.client.build_request("GET", f"{HOST}/demo/v1/openapi.json"))

    assert answer.json()["openapi"] == "3.1.0"
    assert answer.json()["servers"] == [{"url": "/demo/v1"}]


def test_every_signed_operation_says_so() -> None:
    paths = openapi.document("demo")["paths"]

    unsigned = [
        operation["operationId"]
        for methods in paths.values()
        for operation in methods.values()
        if operation["security"] == []
    ]

    assert unsigned == ["register"]


def test_the_scenario_header_is_described_where_the_sandbox_listens_to_it() -> None:
    closed, open_ = openapi.document("demo"), openapi.document("demo", scenario_headers=True)
    reference = {"$ref": "#/components/parameters/scenario"}

    assert "Reinspect-Scenario" not in json.dumps(closed)
    assert open_["components"]["parameters"]["scenario"]["name"] == "Reinspect-Scenario"
    described = [one for methods in open_["paths"].values() for one in methods.values()]
    assert len(described) == len(operations())
    assert all(reference in one["parameters"] for one in described)


def test_a_stream_is_described_as_events_whose_data_is_a_message() -> None:
    answer = openapi.document("demo")["paths"]["/alerts/stream"]["get"]["responses"]["200"]

    schema = answer["content"]["text/event-stream"]["schema"]
    assert schema["contentSchema"] == {"$ref": "#/components/schemas/Alert"}
